"""Save, star and remove a view; then the list again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from teamhub.saved import services
from teamhub.saved.lists import address_of
from teamhub.saved.models import SavedView
from teamhub.saved.selectors import ShownView


@require_POST
@login_required
def view_save(request: HttpRequest) -> HttpResponse:
    view = services.save_view(
        by=request.user,
        page=request.POST.get("page", ""),
        name=request.POST.get("name", ""),
        query=request.POST.get("query", ""),
        shared=bool(request.POST.get("shared")),
        favourite=bool(request.POST.get("favourite")),
    )
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return _list(view)


@require_POST
@login_required
def view_favourite(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    services.set_favourite(view, by=request.user, favourite=bool(request.POST.get("on")))
    return _list(view)


@require_POST
@login_required
def view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    services.remove_view(view, by=request.user)
    messages.success(request, _("The view “%(name)s” is gone.") % {"name": view.name})
    parameters = view.query
    address = reverse(address_of(view.page))
    return redirect(f"{address}?{parameters}" if parameters else address)


def _list(view: SavedView) -> HttpResponse:
    """The list as the view has it."""
    query = ShownView(view, mine=True, favourite=False).query
    return redirect(f"{reverse(address_of(view.page))}?{query}")
