"""Forms of a person, their skills and absences."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from roles.forms import AbsenceForm, PersonForm, SkillLevelForm
from roles.models import Absence, Department, Person, PersonSkill
from roles.services import absences, people, skills
from roles.services.departments import may_manage
from roles.views.editing import Words, form_page
from teamhub.errors import InvalidInput, NotAllowed

form_methods = require_http_methods(["GET", "HEAD", "POST"])


def _person(request: HttpRequest, person_id: int) -> Person:
    seen = Person.objects.visible_to(request.user).select_related("department")
    return get_object_or_404(seen, pk=person_id)


def _editable(request: HttpRequest, person_id: int) -> Person:
    person = _person(request, person_id)
    people.require_editor(person, request.user)
    return person


def _data(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _version(request: HttpRequest) -> int:
    raw = request.POST.get("version", "")
    if not (raw.isascii() and raw.isdigit()):
        raise InvalidInput(_("The form lacks the version. Load the page again."))
    return int(raw[:9])


@login_required
@form_methods
def person_create(request: HttpRequest) -> HttpResponse:
    by = request.user
    if not may_manage(by) and not Department.objects.led_by(by).exists():
        raise NotAllowed(_("Only managers and leads of departments may add people."))
    return form_page(
        request,
        PersonForm(_data(request), user=by),
        lambda values: people.create_person(by=by, **values),
        words=Words(_("Add a person"), _("Add"), _("The person has been added.")),
        back_url=reverse("roles:person-list"),
        done_url=lambda person: person.get_absolute_url(),
    )


@login_required
@form_methods
def person_update(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _editable(request, person_id)
    return form_page(
        request,
        PersonForm(
            _data(request), user=request.user, instance=person, initial={"version": person.version}
        ),
        lambda values: people.update_person(person, by=request.user, **values),
        words=Words(_("Edit %(name)s") % {"name": person.name}, _("Save"), _("Saved.")),
        back_url=person.get_absolute_url(),
    )


@login_required
@form_methods
def skill_create(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _editable(request, person_id)
    return form_page(
        request,
        SkillLevelForm(_data(request), person=person),
        lambda values: skills.set_skill(person=person, by=request.user, **values),
        words=Words(
            _("Add a skill of %(name)s") % {"name": person.name},
            _("Add"),
            _("The skill has been added."),
        ),
        back_url=person.get_absolute_url(),
    )


def _held(request: HttpRequest, person_id: int, held_id: int) -> tuple[Person, PersonSkill]:
    person = _editable(request, person_id)
    return person, get_object_or_404(person.skills.select_related("skill"), pk=held_id)


@login_required
@form_methods
def skill_update(request: HttpRequest, person_id: int, held_id: int) -> HttpResponse:
    person, held = _held(request, person_id, held_id)
    skill = held.skill
    return form_page(
        request,
        SkillLevelForm(
            _data(request), person=person, instance=held, initial={"version": held.version}
        ),
        lambda values: skills.set_skill(person=person, skill=skill, by=request.user, **values),
        words=Words(
            _("%(skill)s of %(name)s") % {"skill": skill.name, "name": person.name},
            _("Save"),
            _("Saved."),
        ),
        back_url=person.get_absolute_url(),
        remove_url=reverse("roles:skill-remove", args=[person.pk, held.pk]),
        remove_text=_("%(name)s will no longer have %(skill)s. The history keeps it.")
        % {"name": person.name, "skill": skill.name},
    )


@login_required
@require_POST
def skill_remove(request: HttpRequest, person_id: int, held_id: int) -> HttpResponse:
    person, held = _held(request, person_id, held_id)
    skills.remove_skill(held, by=request.user, version=_version(request))
    messages.success(request, _("The skill has been removed."))
    return redirect(person)


def _away(request: HttpRequest, person_id: int) -> Person:
    person = _person(request, person_id)
    absences.require_editor_or_self(person, request.user)
    return person


@login_required
@form_methods
def absence_create(request: HttpRequest, person_id: int) -> HttpResponse:
    person = _away(request, person_id)
    return form_page(
        request,
        AbsenceForm(_data(request), person=person, user=request.user),
        lambda values: absences.add_absence(person=person, by=request.user, **values),
        words=Words(
            _("Add an absence of %(name)s") % {"name": person.name},
            _("Add"),
            _("The absence has been added."),
        ),
        back_url=person.get_absolute_url(),
    )


@login_required
@form_methods
def absence_update(request: HttpRequest, person_id: int, absence_id: int) -> HttpResponse:
    person = _away(request, person_id)
    absence = get_object_or_404(person.absences, pk=absence_id)
    return form_page(
        request,
        AbsenceForm(
            _data(request),
            person=person,
            user=request.user,
            instance=absence,
            initial={"version": absence.version},
        ),
        lambda values: absences.change_absence(_fresh(absence), by=request.user, **values),
        words=Words(_("Absence of %(name)s") % {"name": person.name}, _("Save"), _("Saved.")),
        back_url=person.get_absolute_url(),
        remove_url=reverse("roles:absence-remove", args=[person.pk, absence.pk]),
        remove_text=_("%(name)s will be available on these days again.") % {"name": person.name},
    )


def _fresh(absence: Absence) -> Absence:
    """The form has written the new values on its own instance."""
    return Absence(pk=absence.pk, person=absence.person)


@login_required
@require_POST
def absence_remove(request: HttpRequest, person_id: int, absence_id: int) -> HttpResponse:
    person = _away(request, person_id)
    absence = get_object_or_404(person.absences, pk=absence_id)
    absences.remove_absence(absence, by=request.user, version=_version(request))
    messages.success(request, _("The absence has been removed."))
    return redirect(person)
