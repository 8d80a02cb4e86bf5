"""The estate by site, a pool's page, the accelerators and their forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from capacity import exporting
from capacity.forms import AcceleratorForm, PoolForm
from capacity.models import Accelerator, Pool
from capacity.rights import may_plan, may_see_device_cost, sees_all_allocations
from capacity.selectors import estate as selectors
from capacity.services import estate as service
from capacity.services.rows import require_planner
from capacity.views.listing import node_listing, pool_listing
from roles.views.editing import Words, form_page
from teamhub import weeks
from teamhub.errors import Conflict
from teamhub.web.exports import csv_response
from teamhub.web.fragments import page_or_fragment, wants_fragment

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def version_of(request: HttpRequest) -> int | None:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else None


@require_safe
@login_required
def pool_list(request: HttpRequest) -> HttpResponseBase:
    listing = pool_listing(request)
    if listing.wants_csv:
        return csv_response("pools.csv", *exporting.pools(request.user, listing.queryset))
    context = {
        "listing": listing,
        "estate": selectors.estate(request.user, listing.rows, timezone.localdate()),
        "plans": may_plan(request.user),
    }
    return page_or_fragment(
        request,
        "capacity/pool_list.html",
        "capacity/_pool_list.html",
        context,
        root="pool-list",
    )


@require_safe
@login_required
def pool_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    pool = get_object_or_404(selectors.read_pools(request.user), pk=pk)
    listing = node_listing(request, pool)
    if listing.wants_csv:
        return csv_response("nodes.csv", *exporting.nodes(request.user, listing.queryset))
    today = timezone.localdate()
    context = {
        "pool": pool,
        "line": selectors.estate(request.user, [pool], today).blocks[0].lines[0],
        "listing": listing,
        "shows_cost": may_see_device_cost(request.user),
        "plans": may_plan(request.user),
    }
    if not wants_fragment(request, "node-list"):
        with_use = sees_all_allocations(request.user)
        context |= {
            "chart": selectors.week_chart(pool, weeks.monday(today), with_use=with_use),
            "maintenance": selectors.coming_maintenance(pool, today),
            "allocations": selectors.coming_allocations(request.user, pool, today),
        }
    return page_or_fragment(
        request,
        "capacity/pool_detail.html",
        "capacity/_node_list.html",
        context,
        root="node-list",
    )


@login_required
@form_methods
def pool_create(request: HttpRequest) -> HttpResponse:
    require_planner(request.user)
    return form_page(
        request,
        PoolForm(posted(request), user=request.user),
        lambda values: service.create_pool(by=request.user, **values),
        words=Words(_("Add a pool"), _("Add"), _("The pool has been added.")),
        back_url=reverse("capacity:pool-list"),
        done_url=Pool.get_absolute_url,
    )


@login_required
@form_methods
def pool_update(request: HttpRequest, pk: int) -> HttpResponse:
    pool = get_object_or_404(Pool.objects.visible_to(request.user), pk=pk)
    require_planner(request.user)
    return form_page(
        request,
        PoolForm(posted(request), instance=pool, user=request.user),
        lambda values: service.update_pool(pool, by=request.user, **values),
        words=Words(_("Edit %(name)s") % {"name": pool.name}, _("Save"), _("Saved.")),
        back_url=pool.get_absolute_url(),
        remove_url=reverse("capacity:pool-remove", args=[pool.pk]),
        remove_text=_("The pool %(name)s and its list of nodes are removed. Workloads stay.")
        % {"name": pool.name},
    )


@require_POST
@login_required
def pool_remove(request: HttpRequest, pk: int) -> HttpResponse:
    pool = get_object_or_404(Pool.objects.visible_to(request.user), pk=pk)
    require_planner(request.user)
    try:
        service.delete_pool(pool, by=request.user, version=version_of(request))
    except Conflict as error:
        messages.error(request, str(error))
        return redirect(pool)
    messages.success(request, _("The pool “%s” is removed.") % pool.name)
    return redirect("capacity:pool-list")


# --- accelerators ---------------------------------------------------------------------------------


@require_safe
@login_required
def accelerator_list(request: HttpRequest) -> HttpResponse:
    found: Any = Accelerator.objects.visible_to(request.user)
    groups = [
        (label, [one for one in found.filter(retired_on=None) if one.kind == kind])
        for kind, label in Accelerator.Kind.choices
    ]
    context = {"groups": [group for group in groups if group[1]], "plans": may_plan(request.user)}
    return render(request, "capacity/accelerator_list.html", context)


@login_required
@form_methods
def accelerator_create(request: HttpRequest) -> HttpResponse:
    require_planner(request.user)
    return form_page(
        request,
        AcceleratorForm(posted(request)),
        lambda values: service.create_accelerator(by=request.user, **values),
        words=Words(_("Add a type of device"), _("Add"), _("The type has been added.")),
        back_url=reverse("capacity:accelerator-list"),
    )


@login_required
@form_methods
def accelerator_update(request: HttpRequest, pk: int) -> HttpResponse:
    own = Accelerator.objects.visible_to(request.user).filter(is_own=True)
    accelerator = get_object_or_404(own, pk=pk)
    require_planner(request.user)
    return form_page(
        request,
        AcceleratorForm(posted(request), instance=accelerator),
        lambda values: service.update_accelerator(accelerator, by=request.user, **values),
        words=Words(_("Edit %(name)s") % {"name": accelerator.name}, _("Save"), _("Saved.")),
        back_url=reverse("capacity:accelerator-list"),
        remove_url=reverse("capacity:accelerator-remove", args=[accelerator.pk]),
        remove_text=_("The type %(name)s is removed.") % {"name": accelerator.name},
    )


@require_POST
@login_required
def accelerator_remove(request: HttpRequest, pk: int) -> HttpResponse:
    own = Accelerator.objects.visible_to(request.user).filter(is_own=True)
    accelerator = get_object_or_404(own, pk=pk)
    require_planner(request.user)
    try:
        service.delete_accelerator(accelerator, by=request.user)
    except Conflict as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The type “%s” is removed.") % accelerator.name)
    return redirect("capacity:accelerator-list")
