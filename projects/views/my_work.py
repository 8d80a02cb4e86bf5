"""My work: what is mine today."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.selectors.my_work import my_work as read_work
from projects.services.checklists import tickable_phases


@require_safe
@login_required
def my_work(request: HttpRequest) -> HttpResponse:
    tickable = set(tickable_phases(request.user).values_list("pk", flat=True))
    work = read_work(request.user, tickable)
    return render(request, "projects/my_work.html", {"work": work, "place": "work"})
