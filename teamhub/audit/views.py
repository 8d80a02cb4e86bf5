"""The administrator's pages over the audit."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from teamhub.accounts import permissions
from teamhub.audit import selectors
from teamhub.audit.models import AuditEvent
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, DateFilter, Listing, TextFilter

ROOT = "audit-list"
COLUMNS = [
    Column("sequence", _("No."), numeric=True, order="sequence"),
    Column("at", _("When"), order="at"),
    Column("by_name", _("Who"), order="by_name"),
    Column("verb", _("What"), order="verb"),
    Column("object_text", _("Object")),
    Column("object_type", _("Kind"), shown=False),
    Column("object_id", _("Key"), shown=False),
    Column("reason", _("Reason")),
    Column("address", _("Address")),
    Column("run_id", _("Run"), shown=False),
    Column("before", _("Before"), shown=False, value=lambda event: selectors.as_json(event.before)),
    Column("after", _("After"), shown=False, value=lambda event: selectors.as_json(event.after)),
    Column("hash", _("Hash"), shown=False),
]
FILTERS = [
    ChoiceFilter("verb", _("What"), choices=selectors.verbs),
    TextFilter("by", _("Who"), lookup="by_name__icontains"),
    ChoiceFilter("object_type", _("Kind"), choices=selectors.object_types),
    TextFilter("object_id", _("Key"), lookup="object_id"),
    DateFilter("from", _("From"), apply=selectors.from_day),
    DateFilter("to", _("To"), apply=selectors.to_day),
]


@require_safe
@login_required
def event_list(request: HttpRequest) -> HttpResponseBase:
    _only_administrators(request)
    listing = Listing(
        request,
        AuditEvent.objects.visible_to(request.user),
        columns=COLUMNS,
        filters=FILTERS,
        search=["object_text", "by_name", "reason"],
        default_sort="-at",
        root=ROOT,
    )
    if listing.wants_csv:
        return listing.csv("audit.csv")
    context = {"listing": listing, "chain": selectors.chain_state()}
    return page_or_fragment(
        request, "audit/event_list.html", "audit/_event_list.html", context, root=ROOT
    )


@require_safe
@login_required
def event_detail(request: HttpRequest, event_id: int) -> HttpResponse:
    _only_administrators(request)
    event = get_object_or_404(AuditEvent.objects.visible_to(request.user), pk=event_id)
    context = {"event": event, "changes": selectors.changes(event)}
    return render(request, "audit/event_detail.html", context)


def _only_administrators(request: HttpRequest) -> None:
    permissions.require(
        permissions.is_administrator(request.user), _("Only administrators read the audit.")
    )
