"""Tags and filters of all templates (built in: no {% load %} needed)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from teamhub import panels as registry
from teamhub.web.loads import LOOKS, load_state

register = template.Library()

SPRITE = "vendor/tabler-icons/sprite.svg"


@cache
def _sprite() -> str:
    """Asked for dozens of times a page."""
    return static(SPRITE)


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite; without a label it is decoration beside a text."""
    about: str = mark_safe('aria-hidden="true"')
    if label:
        about = format_html('role="img" aria-label="{}"', label)
    return format_html(
        '<svg class="th-icon {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        css,
        about,
        _sprite(),
        name,
    )


@register.simple_tag(takes_context=True)
def panels(context: template.Context, place: str, obj: Any = None) -> SafeString:
    """Draw the panels of a place: `{% panels "project" project %}`."""
    request: HttpRequest = context["request"]
    shown = registry.shown(place, request, obj)
    page: dict[str, Any] = {**_flat(context), "panels": shown}
    return mark_safe(render_to_string("components/_panels.html", page))  # noqa: S308 (a template)


@register.simple_tag(takes_context=True)
def panel_body(context: template.Context, shown: registry.Shown) -> SafeString:
    """The inside of one panel: its own context over the page's."""
    page: dict[str, Any] = {**_flat(context), **shown.context, "panel": shown.panel}
    return mark_safe(render_to_string(shown.panel.template, page))  # noqa: S308 (a template)


@dataclass(frozen=True)
class Control:
    """A form field as drawn by components/_field.html."""

    kind: str
    html: SafeString


@register.simple_tag
def control(field: BoundField) -> Control:
    """The widget of a field with the classes of the style sheet and its link to the errors."""
    widget = field.field.widget
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return Control("group", field.as_widget())
    if isinstance(widget, forms.CheckboxInput):
        kind, css = "checkbox", "form-check-input"
    elif isinstance(widget, forms.Select):
        kind, css = "select", "form-select"
    else:
        kind, css = "input", "form-control"
    parts = [css, widget.attrs.get("class", ""), "is-invalid" if field.errors else ""]
    attributes: dict[str, str | bool] = {"class": " ".join(part for part in parts if part)}
    described = [f"{field.auto_id}_helptext"] if field.help_text else []
    if field.errors:
        described.append(f"{field.auto_id}_error")
    if described:
        attributes["aria-describedby"] = " ".join(described)
    if field.errors and field.name == next(
        (name for name in field.form.errors if name in field.form.fields), ""
    ):
        attributes["autofocus"] = True  # where a refused form goes on
    return Control(kind, field.as_widget(attrs=attributes))


@register.filter
def counted(number: int, noun: str) -> str:
    """A number and a word that does not change with it: 3 new."""
    return f"{number_format(number, force_grouping=True)} {noun}"


@register.filter
def width(share: Any) -> str:
    """Class of a bar's width from a share 0-1: `th-w-37`."""
    return f"th-w-{_percent(share, most=100)}"


@register.filter
def percent(share: Any) -> str:
    """A share 0-1 as whole percent; a dash for nothing."""
    if share is None or share == "":
        return "–"
    return f"{_percent(share)}%"


@register.filter
def fte(hundredths: Any) -> str:
    """Hundredths of an FTE as 0.50; a dash for nothing."""
    if hundredths is None or hundredths == "":
        return "–"
    return number_format(int(hundredths) / 100, decimal_pos=2)


@register.filter
def week(day: dt.date | None) -> str:
    """The ISO week of a day as W48; a dash for nothing."""
    if day is None:
        return "–"
    return _("W%(week)02d") % {"week": day.isocalendar().week}


@register.filter
def year_week(day: dt.date | None) -> str:
    """The ISO week of a day as 2026-W48; a dash for nothing."""
    if day is None:
        return "–"
    year, number, _day = day.isocalendar()
    return _("%(year)d-W%(week)02d") % {"year": year, "week": number}


@register.filter
def week_names(labels: Iterable[str]) -> str:
    """ISO weeks such as 2026-W48, as the language writes them."""
    return ", ".join(year_week(dt.date.fromisocalendar(*_iso_week(label), 1)) for label in labels)


@register.filter
def duration(seconds: Any) -> str:
    """Seconds as people say them: 8 s, 3 min 20 s, 2 h 5 min."""
    if seconds is None or seconds == "":
        return "–"
    whole = max(0, round(float(seconds)))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    if minutes:
        return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": left}
    return _("%(seconds)d s") % {"seconds": left}


@register.filter
def money(amount: Any) -> str:
    """An amount in the company's currency, without cents; a dash for nothing."""
    if amount is None or amount == "":
        return "–"
    figure = number_format(round(amount), decimal_pos=0, force_grouping=True)
    return f"{figure}\u00a0{settings.COMPANY_CURRENCY}"


@register.filter
def amount(number: Any, places: int = 3) -> str:
    """A number with as many decimals as it has, at most `places`; a dash for nothing."""
    if number is None or number == "":
        return "–"
    rounded = round(float(number), places)
    decimals = len(f"{rounded:.{places}f}".partition(".")[2].rstrip("0"))
    return number_format(rounded, decimal_pos=decimals, force_grouping=True)


@register.filter
def rate(amount: Any) -> str:
    """A price of one unit in the company's currency, with cents or finer; a dash for nothing."""
    if amount is None or amount == "":
        return "–"
    places = 2 if round(amount, 2) == amount else 4
    shown = number_format(amount, decimal_pos=places, force_grouping=True)
    return f"{shown}\u00a0{settings.COMPANY_CURRENCY}"


@register.filter
def signed(points: Any) -> str:
    """Points that are added or taken away: +2,800 or −7,400."""
    number = int(points)
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return sign + number_format(abs(number), 0, force_grouping=True)


@register.filter
def figure(value: Any) -> str:
    """A measured number of any size, as people of the active language write it.

    As many decimals as it takes to tell values of that size apart, without trailing zeros.
    """
    if value is None:
        return "–"
    if isinstance(value, int):
        return number_format(value, 0, force_grouping=True)
    size = abs(float(value))
    decimals = next((n for least, n in ((1000, 0), (100, 1), (1, 2)) if size >= least), 4)
    if float(value) == round(float(value)):
        decimals = 0
    return number_format(round(float(value), decimals), decimals, force_grouping=True)


@register.filter
def initials(name: Any) -> str:
    """Two letters for an avatar; of a Chinese name the given part."""
    words = str(name).split()
    if not words:
        return "?"
    if not words[0].isascii():
        return words[0][-2:]
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()


@register.inclusion_tag("components/_load_cell.html")
def load_cell(
    assigned: int, available: int, url: str = "", label: str = "", tentative: int = 0
) -> dict[str, Any]:
    """One week of one person: number, colour and icon. All in hundredths of an FTE."""
    state = load_state(assigned + tentative, available)
    return {
        "state": state,
        "look": LOOKS[state],
        "assigned": assigned,
        "tentative": tentative,
        "total": assigned + tentative,
        "available": available,
        "url": url,
        "label": label,
    }


@register.inclusion_tag("components/_load_legend.html")
def load_legend() -> dict[str, Any]:
    """What the colours of the load grid mean, with the thresholds in force."""
    return {
        "looks": LOOKS,
        "full": settings.LOAD_FULL_PERCENT,
        "over": settings.LOAD_OVER_PERCENT,
    }


def _flat(context: template.Context) -> dict[str, Any]:
    return {str(name): value for name, value in context.flatten().items()}


def _iso_week(label: str) -> tuple[int, int]:
    year, _mark, number = label.partition("-W")
    return int(year), int(number)


def _percent(share: Any, most: int | None = None) -> int:
    value = max(0, round(float(share) * 100))
    return value if most is None else min(most, value)
