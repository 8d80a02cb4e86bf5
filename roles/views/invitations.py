"""Invite people from the list."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from roles.services.invitations import invite_people
from roles.views.bulk import chosen_people
from teamhub.accounts.services import users


@login_required
@require_POST
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """Answers with the links themselves: they are shown once and stored nowhere."""
    users.require_administrator(request.user)
    invited = invite_people(
        people=chosen_people(request),
        group=request.POST.get("group", ""),
        by=request.user,
        base_url=f"{request.scheme}://{request.get_host()}",
    )
    return render(request, "roles/invited.html", {"invited": invited})
