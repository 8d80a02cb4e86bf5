"""The role catalog: disciplines and roles, skills, the responsibility map, what to learn from."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from roles import selectors
from roles.forms import SkillForm
from roles.models import Discipline, LearningResource, Person, Role, Skill
from roles.selectors.skills import drawn_map
from roles.services import departments, skills
from roles.views.editing import Words, form_page


@login_required
@require_safe
def role_catalog(request: HttpRequest) -> HttpResponse:
    roles = Role.objects.filter(retired_on=None)
    disciplines = Discipline.objects.filter(retired_on=None)
    context = {"disciplines": disciplines.prefetch_related(Prefetch("roles", queryset=roles))}
    return render(request, "roles/catalog_roles.html", context)


@login_required
@require_safe
def skill_catalog(request: HttpRequest) -> HttpResponse:
    context = {
        "groups": selectors.skills_by_discipline(),
        "levels": selectors.skill_levels(),
        "manages": departments.may_manage(request.user),
    }
    return render(request, "roles/catalog_skills.html", context)


@login_required
@require_safe
def responsibility_map(request: HttpRequest) -> HttpResponse:
    """The map as a picture and as a table; each node leads to who could hold it."""
    rows = selectors.responsibility_map()
    people = Person.objects.visible_to(request.user)
    context = {"rows": rows, "map": drawn_map(rows, people, timezone.localdate())}
    return render(request, "roles/catalog_map.html", context)


@login_required
@require_safe
def learning(request: HttpRequest) -> HttpResponse:
    current = Skill.objects.filter(retired_on=None)
    resources = LearningResource.objects.filter(retired_on=None).prefetch_related(
        Prefetch("skills", queryset=current)
    )
    return render(request, "roles/catalog_learning.html", {"resources": resources})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def skill_kind_create(request: HttpRequest) -> HttpResponse:
    departments.require_manager(request.user)
    return form_page(
        request,
        SkillForm(request.POST if request.method == "POST" else None),
        lambda values: skills.create_skill(by=request.user, **values),
        words=Words(_("Add a skill to the catalog"), _("Add"), _("The skill has been added.")),
        back_url=reverse("roles:skill-catalog"),
    )
