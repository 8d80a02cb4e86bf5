"""The slot dialog: who could take a slot, and what to do about what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from projects.models import PlanChange, Slot, WaitingPlace
from projects.selectors.candidates import ORDERS, PAGE, Ask, Candidate, candidate, candidates
from projects.selectors.slot_choices import options, way_out
from projects.selectors.waiting import of_slot
from projects.services import assignments, slot_choices, waiting
from projects.slot_forms import ChoiceForm, Chosen, ask_of, still_open, whole
from roles.models import Person
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.errors import Conflict, InvalidInput, Stale, TeamHubError
from teamhub.web.fragments import page_or_fragment, wants_fragment

ROOT = "slot-dialog"


def editable_slot(request: HttpRequest, pk: int) -> Slot:
    """A slot of a plan that the user sees and may change, with all that the rules ask of it."""
    visible = Slot.objects.visible_to(request.user)
    slot = get_object_or_404(visible.select_related("phase__project"), pk=pk)
    assignments.require_editor(slot.phase.project, request.user)
    return assignments.read_slot(slot.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def slot_dialog(request: HttpRequest, pk: int) -> HttpResponse:
    """Rank who could take a slot; take what was chosen."""
    slot = editable_slot(request, pk)
    if request.method != "POST":
        return _drawn(request, slot, request.GET)
    try:
        ask = ask_of(slot, request.POST)
        chosen = ChoiceForm(request.POST).chosen()
        placed = _choose(ask, chosen, request)
    except Stale as error:
        return _drawn(request, slot, request.POST, refusal=error, status=412)
    except Conflict as error:
        return _drawn(request, slot, request.POST, refusal=error, status=409)
    except InvalidInput as error:
        return _drawn(request, slot, request.POST, refusal=error, status=422)
    _say_done(request, _told(placed), placed.change)
    return _done(request, slot)


def _choose(ask: Ask, chosen: Chosen, request: HttpRequest) -> slot_choices.Placed:
    return slot_choices.choose(
        ask.piece(chosen.person),
        choice=chosen.choice,
        by=request.user,
        reason=chosen.reason,
        second=chosen.second,
        split_on=chosen.split_on,
        second_hundredths=chosen.second_hundredths,
        seen=chosen.seen,
    )


def _told(placed: slot_choices.Placed) -> str:
    if placed.waiting is not None:
        return _("%(person)s is on the waiting list.") % {"person": placed.waiting.person.name}
    names = _(" and ").join(made.person.name for made in placed.made)
    if placed.cuts:
        gave = " ".join(cut.text for cut in placed.cuts)
        return _("%(person)s is assigned.") % {"person": names} + " " + gave
    if len(placed.made) > 1:
        return _("%(people)s share the slot.") % {"people": names}
    return _("%(person)s is assigned.") % {"person": names}


def _say_done(request: HttpRequest, text: str, change: PlanChange | None) -> None:
    """The toast of the next page; its tag is the change that its Undo takes back."""
    messages.success(request, text, extra_tags=str(change.pk) if change else "")


def _done(request: HttpRequest, slot: Slot) -> HttpResponse:
    """Back to the page under the dialog, drawn anew; from the dialog's own page to the project."""
    project = slot.phase.project.get_absolute_url()
    if not wants_fragment(request):
        return redirect(project)
    here = urlsplit(getattr(request, "htmx").current_url or "")  # noqa: B009 (set by django-htmx)
    own = here.path in {"", reverse("projects:slot-dialog", args=[slot.pk])}
    response = HttpResponse(status=204)
    response["HX-Redirect"] = (
        project if own or not here.path.startswith("/") else (_address(here.path, here.query))
    )
    return response


def _address(path: str, query: str) -> str:
    """A path of this site: a browser reads `//host` as another one."""
    return "/" + path.lstrip("/\\") + (f"?{query}" if query else "")


@require_POST
@login_required
def waiting_place(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a place of the waiting list, or take it off."""
    seen = WaitingPlace.objects.visible_to(request.user).select_related("slot__phase__project")
    place = get_object_or_404(seen, pk=pk)
    if request.POST.get("action") == "drop":
        waiting.drop(place, by=request.user, reason=request.POST.get("reason", "")[:300])
        messages.success(
            request, _("%(person)s is off the waiting list.") % {"person": place.person.name}
        )
        if request.POST.get("from") == "home":
            return redirect("home")
        return redirect("projects:slot-dialog", pk=place.slot_id)
    slot = editable_slot(request, place.slot_id)
    try:
        made = waiting.take(place, by=request.user, reason=request.POST.get("reason", "")[:300])
    except Conflict as error:
        return _drawn(request, slot, _as_asked(place), refusal=error, status=409)
    told = _("%(person)s is assigned.") % {"person": made.person.name}
    _say_done(request, told, slot_choices.change_of(made))
    return _done(request, slot)


def _as_asked(place: WaitingPlace) -> dict[str, str]:
    """The dialog as it was when the place was made."""
    return {
        "person": str(place.person_id),
        "start_on": place.start_on.isoformat(),
        "end_on": place.end_on.isoformat(),
        "fte_share": f"{place.fte_hundredths / 100:.2f}",
    }


def _drawn(
    request: HttpRequest,
    slot: Slot,
    given: Mapping[str, Any],
    *,
    refusal: TeamHubError | None = None,
    status: int = 200,
) -> HttpResponse:
    """The dialog for a question; one that makes no sense is answered for what is open."""
    try:
        ask = ask_of(slot, given)
    except InvalidInput as error:
        ask, refusal = whole(slot), refusal or error
        status = 422 if status == 200 else status
    found = candidates(ask, user=request.user)
    pages = Paginator(found, PAGE)
    page = pages.get_page(given.get("page") or 1)
    queue = of_slot(slot, user=request.user)
    context: dict[str, Any] = {
        "slot": slot,
        "ask": ask,
        "orders": _orders(request),
        "page": page,
        "total": len(found),
        "query": _query(ask),
        "open_parts": still_open(slot),
        "mondays": list(weeks.each_week(slot.start_on, slot.end_on)),
        "waiting": queue,
        "refusal": refusal,
        "typed": given,
        "with_money": permissions.may_see_money(request.user),
        "in_dialog": wants_fragment(request),
        "here": reverse("projects:slot-dialog", args=[slot.pk]),
    }
    waits = {one.place.person_id for one in queue}
    context |= _chosen_panel(request, ask, given, waits)
    response = page_or_fragment(
        request, "projects/slot_dialog.html", "projects/_slot_dialog.html", context, status=status
    )
    # The address stays that of the page below: hx-push-url alone does not keep a boosted link from
    # writing its own.
    response["HX-Push-Url"] = "false"
    return response


def _orders(request: HttpRequest) -> list[tuple[str, Any]]:
    money = permissions.may_see_money(request.user)
    return [(key.value, name) for key, name in ORDERS.items() if money or key != "cost"]


def _query(ask: Ask) -> str:
    """The question as a query, for links to a person or another page of it."""
    query = QueryDict(mutable=True)
    query["start_on"], query["end_on"] = ask.start_on.isoformat(), ask.end_on.isoformat()
    query["fte_share"] = ask.share
    for name, value in (
        ("search", ask.query),
        ("fits", "1" if ask.only_fits else ""),
        ("free", "1" if ask.only_free else ""),
        ("order", "" if ask.order == "fit" else ask.order.value),
    ):
        if value:
            query[name] = value
    return query.urlencode()


def _chosen_panel(
    request: HttpRequest, ask: Ask, given: Mapping[str, Any], waits: set[int]
) -> dict[str, Any]:
    """What can be done about the person who is named in the address, said beforehand."""
    raw = str(given.get("person") or "")
    if not (raw.isascii() and raw.isdigit() and len(raw) < 16):
        return {}
    people = Person.objects.visible_to(request.user).select_related("site", "department")
    person = people.filter(pk=int(raw)).first()
    if person is None:
        return {}
    one = candidate(ask, person, user=request.user)
    choices = options(ask.piece(person), user=request.user, waits=person.pk in waits)
    everybody = replace(ask, query="", only_fits=False, only_free=False)
    others = [c for c in candidates(everybody, user=request.user) if c.person.pk != person.pk]
    return {
        "chosen": one,
        "options": choices,
        "possible": set(choices.possible),
        "blocked": [(finding, way_out(finding)) for finding in choices.blocked],
        "others": [_offered(other) for other in others if not other.blocked],
        "split_mondays": list(weeks.each_week(ask.start_on, ask.end_on))[1:],
        "half": f"{ask.fte_hundredths // 2 / 100:.2f}",
    }


def _offered(other: Candidate) -> tuple[int, str]:
    """The second person of a split, with what speaks against them."""
    if other.fits:
        return other.person.pk, _("%(person)s (fits)") % {"person": other.person.name}
    reasons = _("lacks a skill") if other.missing_levels else _("warnings")
    if not other.has_time:
        reasons = _("too little time in all weeks")
    return other.person.pk, f"{other.person.name} ({reasons})"
