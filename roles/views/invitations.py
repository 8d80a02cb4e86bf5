"""Invite people from the list."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from roles.models import Person
from roles.services.invitations import invite_people
from teamhub.accounts.services import users
from teamhub.errors import InvalidInput


@login_required
@require_POST
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Answers with the links themselves: they are shown once and stored nowhere."""
    users.require_administrator(request.user)
    wanted = request.POST.getlist("person")
    if not all(raw.isascii() and raw.isdigit() for raw in wanted):
        raise InvalidInput(_("Choose people from the list."))
    people = Person.objects.visible_to(request.user).filter(
        pk__in=[int(raw[:12]) for raw in wanted]
    )
    invited = invite_people(
        people=people,
        group=request.POST.get("group", ""),
        by=request.user,
        base_url=f"{request.scheme}://{request.get_host()}",
    )
    return render(request, "roles/invited.html", {"invited": invited})
