"""What the slot dialog and its addresses for programs take from a query or a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from projects.bridge.rows import OpenPiece, open_pieces
from projects.models import Slot
from projects.selectors.candidates import Ask, Order
from projects.selectors.slot_choices import Choice
from roles.models import Person
from teamhub import weeks
from teamhub.errors import InvalidInput

MOST_SEARCHED = 100  # characters


def still_open(slot: Slot) -> list[OpenPiece]:
    """What nobody holds of a slot, from this week on."""
    return open_pieces(slot, weeks.monday(timezone.localdate()), movable=False)


def whole(slot: Slot) -> Ask:
    """The first part of a slot that is open; the whole slot where none is."""
    parts = still_open(slot)
    if not parts:
        return Ask(slot, slot.start_on, slot.end_on, slot.fte_hundredths)
    first = parts[0]
    return Ask(slot, first.start_on, first.end_on, first.fte_hundredths)


def ask_of(slot: Slot, given: Mapping[str, Any]) -> Ask:
    """The question that a query asks of a slot; what it leaves out is what is open."""
    ask = whole(slot)
    start_on, end_on = _day(given, "start_on"), _day(given, "end_on")
    share = given.get("fte_share")  # 0 is an answer, and a wrong one
    ask = replace(
        ask,
        start_on=start_on or (slot.start_on if end_on else ask.start_on),
        end_on=end_on or (slot.end_on if start_on else ask.end_on),
        fte_hundredths=(
            ask.fte_hundredths if share in (None, "") else hundredths(share, "fte_share")
        ),
        query=str(given.get("search") or "")[:MOST_SEARCHED].replace("\0", ""),
        only_fits=given.get("fits") == "1",
        only_free=given.get("free") == "1",
        order=_order(given.get("order") or Order.FIT),
    )
    if not (weeks.is_monday(ask.start_on) and weeks.is_monday(ask.end_on)):
        raise InvalidInput(_("Weeks run from a Monday to a later Monday."))
    if not slot.start_on <= ask.start_on < ask.end_on <= slot.end_on:
        raise InvalidInput(
            _("The slot runs from %(start)s to %(end)s; choose weeks inside it.")
            % {"start": slot.start_on, "end": slot.end_on}
        )
    return ask


def _order(word: str) -> Order:
    try:
        return Order(word)
    except ValueError:
        raise InvalidInput(
            _("order must be one of %(known)s; got “%(word)s”.")
            % {"known": ", ".join(Order), "word": str(word)[:40]}
        ) from None


def _day(given: Mapping[str, Any], name: str) -> date | None:
    raw = given.get(name) or ""
    if not raw:
        return None
    try:
        found = parse_date(str(raw))
    except ValueError:
        found = None
    if found is None or not weeks.is_plannable(found):
        raise InvalidInput(
            _("%(name)s must be a day written as YYYY-MM-DD; got “%(raw)s”.")
            % {"name": name, "raw": str(raw)[:40]}
        )
    return found


def hundredths(raw: Any, name: str) -> int:
    """An effort of 0.01 to 1 FTE in hundredths."""
    try:
        share = Decimal(str(raw).replace(",", "."))
    except InvalidOperation:
        share = Decimal(0)
    if not (share.is_finite() and Decimal("0.01") <= share <= 1):
        raise InvalidInput(
            _("%(name)s must lie between 0.01 and 1.00 FTE; got “%(raw)s”.")
            % {"name": name, "raw": str(raw)[:20]}
        )
    return int(share * 100)


@dataclass(frozen=True)
class Chosen:
    """What somebody chose in the dialog."""

    choice: Choice
    person: Person
    reason: str
    second: Person | None
    split_on: date | None
    second_hundredths: int | None
    seen: dict[int, int] | None  # versions of the work that gives way, as it was shown


class ChoiceForm(forms.Form):
    """A choice as the dialog posts it; weeks and effort are read by `ask_of`."""

    choice = forms.ChoiceField(choices=[(one.value, one.value) for one in Choice])
    person = forms.ModelChoiceField(Person.objects.none())
    reason = forms.CharField(max_length=300, required=False)
    second = forms.ModelChoiceField(Person.objects.none(), required=False)
    split_by = forms.ChoiceField(
        choices=[("week", "week"), ("share", "share")], required=False, initial="week"
    )
    split_on = forms.DateField(required=False)
    second_share = forms.CharField(max_length=10, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Person.objects.select_related("site", "department")
        for name in ("person", "second"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]

    def chosen(self) -> Chosen:
        """What was chosen; an InvalidInput that says what is wrong with it."""
        if not self.is_valid():
            wrong = [f"{name}: {'; '.join(map(str, texts))}" for name, texts in self.errors.items()]
            raise InvalidInput(" ".join(wrong))
        data = self.cleaned_data
        choice = Choice(data["choice"])
        split_on, share = None, None
        if choice is Choice.SPLIT:
            if data["second"] is None:
                raise InvalidInput(_("Choose the second person."))
            if data["split_by"] == "share":
                share = hundredths(data["second_share"], _("The second person's share"))
            else:
                split_on = data["split_on"]
        return Chosen(
            choice=choice,
            person=data["person"],
            reason=data["reason"],
            second=data["second"],
            split_on=split_on,
            second_hundredths=share,
            seen=self._seen() if choice is Choice.MOVE else None,
        )

    def _seen(self) -> dict[int, int]:
        """From gives_way=7:2&gives_way=9:1."""
        found = {}
        given = self.data.getlist("gives_way") if isinstance(self.data, QueryDict) else []
        for raw in given:
            pk, _colon, version = raw.partition(":")
            if not (pk.isascii() and pk.isdigit() and version.isascii() and version.isdigit()):
                raise InvalidInput(_("Open the dialog again and choose from there."))
            found[int(pk[:15])] = int(version[:9])
        return found
