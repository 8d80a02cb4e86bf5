"""What a plan left out, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from capacity.models import CapacityPlan, LeftOut, Pool
from capacity.rights import may_see_device_cost
from projects.models import Project
from teamhub import weeks
from teamhub.accounts.models import User
from teamhub.web.templatetags.teamhub_tags import money, year_week

RULES = {
    "no_pool": gettext_lazy(
        "No pool can run it: none is of a type that it names and holds its model."
    ),
    "too_large": gettext_lazy("It would not fit even if nothing else were planned."),
    "full": gettext_lazy("The devices that it could use are taken in its weeks."),
    "not_worth_it": gettext_lazy("It would fit, but costs more than it returns."),
    "dropped_optional": gettext_lazy(
        "This objective serves only what must be served, at least cost."
    ),
    "not_reached": gettext_lazy(
        "It would fit and pay; the search ended first. Allow more seconds."
    ),
    "too_short": gettext_lazy("Fewer weeks are left of its window than it takes."),
    "late": gettext_lazy("None of its window is left in the weeks of the plan."),
    "beyond": gettext_lazy(
        "Its window goes on after the plan’s last week: a plan over more weeks can serve it."
    ),
}
MAX_NAMED = 4  # weeks in one line


@dataclass(frozen=True)
class ShownLeftOut:
    """A workload that is not served, with what this user may read."""

    row: LeftOut
    reasons: list[str]
    helps: list[str]
    value: Decimal | None  # money

    @property
    def rule(self) -> str:
        return self.row.reasons[0]["rule"] if self.row.reasons else ""


@dataclass(frozen=True)
class LeftOutView:
    rows: list[ShownLeftOut]
    n_hidden: int  # of projects whose detail the user does not see
    n_musts: int  # must be served and are not, of all projects
    n_core: int  # of them, those that cannot be served together
    core: list[LeftOut]  # the visible ones


def left_out(plan: CapacityPlan, user: User) -> LeftOutView:
    """What is not served, what must be first (four queries)."""
    with_money = may_see_device_cost(user)
    pools = {pool.pk: pool for pool in Pool.objects.all()}
    found = plan.left_out.select_related("workload__project", "workload__phase")
    seen = found.filter(workload__project__in=Project.objects.detail_visible_to(user))
    rows = list(seen.order_by("-in_core", "-must_serve", "workload__name_en", "pk"))
    everything = list(plan.left_out.values_list("must_serve", "in_core"))
    return LeftOutView(
        rows=[
            ShownLeftOut(
                row,
                reason_lines(row.reasons, pools, with_money=with_money),
                help_lines(row.reasons, pools),
                row.value if with_money else None,
            )
            for row in rows
        ],
        n_hidden=len(everything) - len(rows),
        n_musts=sum(1 for must, _core in everything if must),
        n_core=sum(1 for _must, core in everything if core),
        core=[row for row in rows if row.in_core],
    )


def reason_lines(
    reasons: Iterable[Mapping[str, Any]], pools: Mapping[int, Pool], *, with_money: bool
) -> list[str]:
    """Why, and where it comes nearest; what it would gain only with money."""
    lines = []
    for one in reasons:
        lines.append(str(RULES.get(one["rule"], one["rule"])))
        near = one.get("nearest")
        if near and near.get("short") and near["pool"] in pools:
            lines.append(_nearest(near, pools[near["pool"]]))
        if with_money and one.get("gain") and one["rule"] == "not_reached":
            lines.append(_("It would add %(gain)s.") % {"gain": money(one["gain"])})
    return lines


def help_lines(reasons: Iterable[Mapping[str, Any]], pools: Mapping[int, Pool]) -> list[str]:
    """What would let it be served."""
    return [
        _help(one, pools[one["pool"]])
        for reason in reasons
        for one in reason.get("helps", ())
        if one["pool"] in pools
    ]


def _nearest(near: Mapping[str, Any], pool: Pool) -> str:
    parts = [
        _("%(devices)s in %(weeks)s") % {"devices": _devices(devices), "weeks": _span(place)}
        for devices, place in _runs(near["short"])
    ]
    shown = ", ".join(parts[:MAX_NAMED]) + (", …" if len(parts) > MAX_NAMED else "")
    text = _("Nearest: %(pool)s in %(weeks)s, which lacks %(short)s")
    return text % {"pool": pool.name, "weeks": _span(near), "short": shown}


def _runs(short: Iterable[tuple[str, float]]) -> list[tuple[float, dict[str, str]]]:
    """Weeks in a row that lack as many devices, joined."""
    found: list[tuple[float, dict[str, str]]] = []
    for day, devices in short:
        end = weeks.add_weeks(date.fromisoformat(day), 1).isoformat()
        if found and found[-1][0] == devices and found[-1][1]["end_on"] == day:
            found[-1][1]["end_on"] = end
        else:
            found.append((devices, {"start_on": day, "end_on": end}))
    return found


def _help(one: Mapping[str, Any], pool: Pool) -> str:
    words = {"pool": pool.name, "weeks": _span(one)}
    if one["kind"] == "window":
        return _("In %(pool)s it fits in %(weeks)s, outside its window.") % words
    if one["kind"] == "devices":
        count = round(one["devices"], 2)
        text = ngettext(
            "%(n)s more device in %(pool)s in %(weeks)s would do.",
            "%(n)s more devices in %(pool)s in %(weeks)s would do.",
            2 if count != 1 else 1,
        )
        return text % (words | {"n": _devices(count)})
    return _("See %(pool)s, %(weeks)s.") % words


def _span(place: Mapping[str, Any]) -> str:
    """First and last week."""
    start, end = date.fromisoformat(place["start_on"]), date.fromisoformat(place["end_on"])
    last = weeks.add_weeks(end, -1)
    if last <= start:
        return year_week(start)
    return f"{year_week(start)} – {year_week(last)}"


def _devices(count: float) -> str:
    decimals = 0 if count == round(count) else 2
    return number_format(count, decimal_pos=decimals, force_grouping=True)


def inherited_lines(plan: CapacityPlan) -> list[str]:
    """Pools in which what is running or locked takes more devices than are there."""
    of_pool: dict[int, list[Mapping[str, Any]]] = {}
    for breach in plan.inherited:
        of_pool.setdefault(breach["pool"], []).append(breach)
    names = {pool.pk: pool.name for pool in Pool.objects.filter(pk__in=of_pool)}
    lines = []
    for pk, found in of_pool.items():
        if pk not in names:
            continue
        worst = max(found, key=lambda one: one["held"] - one["there"])
        text = ngettext(
            "%(pool)s: %(n)d week, at most %(held)s of %(there)s devices in %(week)s",
            "%(pool)s: %(n)d weeks, at most %(held)s of %(there)s devices in %(week)s",
            len(found),
        )
        lines.append(
            text
            % {
                "pool": names[pk],
                "n": len(found),
                "held": _devices(worst["held"]),
                "there": _devices(worst["there"]),
                "week": year_week(date.fromisoformat(worst["week"])),
            }
        )
    return lines
