"""Forms of the nodes and the maintenance of a pool."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from capacity.forms import MaintenanceForm, NodeForm
from capacity.models import MaintenanceWindow, Node, Pool
from capacity.services import estate as service
from capacity.services.rows import require_planner
from capacity.views.estate import form_methods, posted, version_of
from roles.views.editing import Words, form_page


def _pool(request: HttpRequest, pk: int) -> Pool:
    pool: Pool = get_object_or_404(Pool.objects.visible_to(request.user), pk=pk)
    require_planner(request.user)
    return pool


@login_required
@form_methods
def node_create(request: HttpRequest, pk: int) -> HttpResponse:
    pool = _pool(request, pk)
    return form_page(
        request,
        NodeForm(posted(request), initial=_like(pool)),
        lambda values: service.create_node(pool=pool, by=request.user, **values),
        words=Words(
            _("Add a node to %(pool)s") % {"pool": pool.name}, _("Add"), _("The node is added.")
        ),
        back_url=pool.get_absolute_url(),
    )


def _like(pool: Pool) -> dict[str, object]:
    """A new node is like the pool's."""
    return {
        "devices": pool.devices_per_node,
        "cpu_cores": pool.cpu_cores,
        "memory_gib": pool.memory_gib,
    }


@login_required
@form_methods
def node_update(request: HttpRequest, pk: int) -> HttpResponse:
    node: Node = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    require_planner(request.user)
    return form_page(
        request,
        NodeForm(posted(request), instance=node),
        lambda values: service.update_node(node, by=request.user, **values),
        words=Words(_("Edit %(name)s") % {"name": node.key}, _("Save"), _("Saved.")),
        back_url=node.pool.get_absolute_url(),
        remove_url=reverse("capacity:node-remove", args=[node.pk]),
        remove_text=_("The node %(name)s is removed from its pool.") % {"name": node.key},
    )


@require_POST
@login_required
def node_remove(request: HttpRequest, pk: int) -> HttpResponse:
    node: Node = get_object_or_404(Node.objects.visible_to(request.user), pk=pk)
    require_planner(request.user)
    service.delete_node(node, by=request.user, version=version_of(request))
    messages.success(request, _("The node “%s” is removed.") % node.key)
    return redirect(node.pool)


@login_required
@form_methods
def maintenance_create(request: HttpRequest, pk: int) -> HttpResponse:
    pool = _pool(request, pk)
    return form_page(
        request,
        MaintenanceForm(posted(request)),
        lambda values: service.create_maintenance(pool=pool, by=request.user, **values),
        words=Words(
            _("Maintenance of %(pool)s") % {"pool": pool.name},
            _("Add"),
            _("The maintenance is written down."),
        ),
        back_url=pool.get_absolute_url(),
    )


@login_required
@form_methods
def maintenance_update(request: HttpRequest, pk: int) -> HttpResponse:
    window = _window(request, pk)
    return form_page(
        request,
        MaintenanceForm(posted(request), instance=window),
        lambda values: service.update_maintenance(window, by=request.user, **values),
        words=Words(
            _("Maintenance of %(pool)s") % {"pool": window.pool.name}, _("Save"), _("Saved.")
        ),
        back_url=window.pool.get_absolute_url(),
        remove_url=reverse("capacity:maintenance-remove", args=[window.pk]),
        remove_text=_("The devices are available in these weeks again."),
    )


@require_POST
@login_required
def maintenance_remove(request: HttpRequest, pk: int) -> HttpResponse:
    window = _window(request, pk)
    service.delete_maintenance(window, by=request.user, version=version_of(request))
    messages.success(request, _("The maintenance is off."))
    return redirect(window.pool)


def _window(request: HttpRequest, pk: int) -> MaintenanceWindow:
    found = MaintenanceWindow.objects.visible_to(request.user).select_related("pool")
    window: MaintenanceWindow = get_object_or_404(found, pk=pk)
    require_planner(request.user)
    return window
