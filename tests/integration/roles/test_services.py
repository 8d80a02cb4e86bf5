"""Who may change people, what is refused, what the audit and the history keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from roles.models import Absence, Department, Person, PersonSkill, Skill
from roles.services import absences, departments, people, skills
from teamhub.accounts.models import User
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale
from tests.builders import (
    make_absence,
    make_department,
    make_person,
    make_role,
    make_site,
    make_skill,
    make_user,
)
from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(db: None) -> User:
    return make_user("lead", "engineer")


def events(verb: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(verb=verb))


# --- people


def test_a_manager_adds_a_person_with_the_time_zone_of_the_site(cast: Cast) -> None:
    role = make_role()
    person = people.create_person(
        by=cast.ada,
        key="wei",
        name="Wei Zhang",
        department=make_department(),
        site=make_site(time_zone="Asia/Shanghai"),
        roles=[role],
        rate_per_fte_week=Decimal(3000),
    )
    person.refresh_from_db()
    assert person.time_zone == "Asia/Shanghai"
    assert person.sort_name == "wei zhang"
    assert list(person.roles.all()) == [role]
    assert person.history.latest().history_user == cast.ada
    (event,) = events("person.create")
    assert event.after is not None
    assert (event.by, event.after["key"], event.after["name"]) == (cast.ada, "wei", "Wei Zhang")


@pytest.mark.parametrize("who", ["bo", "cy", "plan", "vi", "rev", "boss", "owner", "api"])
def test_members_without_the_right_change_nobody(cast: Cast, who: str) -> None:
    person, by = make_person(), getattr(cast, who)
    with pytest.raises(NotAllowed):
        people.create_person(
            by=by, key="x", name="X", department=person.department, site=person.site
        )
    with pytest.raises(NotAllowed):
        people.update_person(person, by=by, name="X")
    with pytest.raises(NotAllowed):
        skills.set_skill(person=person, skill=make_skill(), level=3, by=by)
    with pytest.raises(NotAllowed):
        absences.add_absence(
            person=person, first_on=date(2027, 1, 4), last_on=date(2027, 1, 5), by=by
        )
    with pytest.raises(NotAllowed):
        departments.create_department(key="x", name_en="X", by=by)
    with pytest.raises(NotAllowed):
        departments.create_site(key="x", name_en="X", time_zone="UTC", by=by)
    with pytest.raises(NotAllowed):
        skills.create_skill(key="x", name_en="X", by=by)
    assert not AuditEvent.objects.exclude(verb__startswith="login").exists()


def test_a_lead_edits_people_of_the_department_and_below_but_no_others(
    cast: Cast, lead: User
) -> None:
    top = make_department("top")
    top.leads.add(lead)
    inside = make_person(department=make_department("low", parent=top))
    outside = make_person()
    assert people.update_person(inside, by=lead, name="New").name == "New"
    with pytest.raises(NotAllowed):
        people.update_person(outside, by=lead, name="New")
    with pytest.raises(NotAllowed):
        people.update_person(inside, by=lead, department=outside.department)


def test_a_lead_sets_no_rate(cast: Cast, lead: User) -> None:
    person = make_person(rate_per_fte_week=Decimal(100))
    person.department.leads.add(lead)
    with pytest.raises(NotAllowed, match="rate"):
        people.update_person(person, by=lead, rate_per_fte_week=Decimal(200))
    people.update_person(person, by=lead, rate_per_fte_week=Decimal(100), name="Same rate")
    person.refresh_from_db()
    assert (person.rate_per_fte_week, person.name) == (Decimal(100), "Same rate")


def test_a_token_without_the_scope_money_sets_no_rate(cast: Cast) -> None:
    person = make_person()
    cast.ada.token_scopes = ["read", "write"]  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed):
        people.update_person(person, by=cast.ada, rate_per_fte_week=Decimal(200))


def test_a_token_without_the_scope_write_changes_nothing(cast: Cast) -> None:
    person = make_person()
    cast.ada.token_scopes = ["read", "money"]  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed):
        people.update_person(person, by=cast.ada, name="X")
    with pytest.raises(NotAllowed):
        departments.create_department(key="x", name_en="X", by=cast.ada)


def test_a_stale_version_is_refused(cast: Cast) -> None:
    person = make_person("Old")
    people.update_person(person, by=cast.ada, version=1, name="First")
    with pytest.raises(Stale):
        people.update_person(person, by=cast.ada, version=1, name="Second")
    person.refresh_from_db()
    assert (person.name, person.version) == ("First", 2)


def test_an_edit_keeps_before_and_after_with_roles(cast: Cast) -> None:
    person = make_person(roles=[make_role("cv")])
    nlp = make_role("nlp")
    people.update_person(person, by=cast.ada, roles=[nlp], weekly_hours=Decimal(32))
    (event,) = events("person.change")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["roles"], event.after["roles"]) == (["cv"], ["nlp"])
    assert (event.before["weekly_hours"], event.after["weekly_hours"]) == ("40.0", "32")


def test_an_edit_that_changes_nothing_leaves_no_trace(cast: Cast) -> None:
    person = make_person()
    people.update_person(person, by=cast.ada, name=person.name, roles=[])
    person.refresh_from_db()
    assert person.version == 1
    assert not events("person.change")


def test_the_sort_name_follows_the_name_unless_somebody_chose_it(cast: Cast) -> None:
    person = make_person("Anna")
    person = people.update_person(person, by=cast.ada, name="Berta")
    assert person.sort_name == "berta"
    person = people.update_person(person, by=cast.ada, name="李雷", sort_name="li lei")
    person = people.update_person(person, by=cast.ada, name="李磊")
    assert person.sort_name == "li lei"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("weekly_hours", Decimal(81)),
        ("time_zone", "Nowhere/Land"),
        ("max_concurrent_projects", 0),
        ("employed_to", date(2019, 1, 1)),
        ("email", "no address"),
    ],
)
def test_values_that_make_no_sense_are_refused_by_field(cast: Cast, field: str, value: Any) -> None:
    person = make_person(employed_from=date(2020, 1, 1))
    with pytest.raises(InvalidInput) as refusal:
        people.update_person(person, by=cast.ada, **{field: value})
    fields = refusal.value.details["fields"]
    assert set(fields) <= {field, ""}
    assert fields


def test_an_unknown_field_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="user"):
        people.update_person(make_person(), by=cast.ada, user=cast.bo)


# --- skills


def test_a_skill_is_set_changed_and_removed(cast: Cast) -> None:
    person, skill = make_person(), make_skill()
    held = skills.set_skill(person=person, skill=skill, level=3, by=cast.ada)
    held = skills.set_skill(person=person, skill=skill, level=4, by=cast.ada, version=1)
    assert (held.level, held.version) == (4, 2)
    skills.remove_skill(held, by=cast.ada, version=2)
    assert not PersonSkill.objects.exists()
    kept = PersonSkill.history.latest()
    assert (kept.history_type, kept.history_user) == ("-", cast.ada)
    assert [len(events(f"skill.{verb}")) for verb in ("set", "change", "remove")] == [1, 1, 1]


def test_a_level_of_six_and_reversed_days_are_refused(cast: Cast) -> None:
    person, skill = make_person(), make_skill()
    with pytest.raises(InvalidInput):
        skills.set_skill(person=person, skill=skill, level=6, by=cast.ada)
    with pytest.raises(InvalidInput):
        skills.set_skill(
            person=person,
            skill=skill,
            level=3,
            valid_from=date(2027, 2, 1),
            valid_to=date(2027, 1, 1),
            by=cast.ada,
        )
    assert not PersonSkill.objects.exists()


def test_a_stale_level_is_not_removed(cast: Cast) -> None:
    person, skill = make_person(), make_skill()
    held = skills.set_skill(person=person, skill=skill, level=3, by=cast.ada)
    skills.set_skill(person=person, skill=skill, level=4, by=cast.ada)
    with pytest.raises(Stale):
        skills.remove_skill(held, by=cast.ada, version=1)


def test_a_skill_that_is_gone_is_a_conflict(cast: Cast) -> None:
    held = skills.set_skill(person=make_person(), skill=make_skill(), level=3, by=cast.ada)
    seen = PersonSkill.objects.get()
    skills.remove_skill(held, by=cast.ada)
    with pytest.raises(Conflict):
        skills.remove_skill(seen, by=cast.ada)


def test_managers_add_skills_of_the_company(cast: Cast) -> None:
    skill = skills.create_skill(key="rust", name_en="Rust", by=cast.ada)
    assert Skill.objects.get(key="rust").is_own
    assert events("skill_kind.create")[0].object_id == str(skill.pk)
    with pytest.raises(InvalidInput):
        skills.create_skill(key="rust", name_en="Rust again", by=cast.ada)


# --- absences


def test_people_edit_their_own_absences_with_reason(cast: Cast) -> None:
    person = make_person(user=cast.bo)
    absence = absences.add_absence(
        person=person,
        first_on=date(2027, 1, 4),
        last_on=date(2027, 1, 8),
        reason="surgery",
        by=cast.bo,
    )
    absence = absences.change_absence(
        absence, first_on=date(2027, 1, 4), last_on=date(2027, 1, 6), by=cast.bo, version=1
    )
    assert (absence.last_on, absence.reason) == (date(2027, 1, 6), "surgery")
    absences.remove_absence(absence, by=cast.bo, version=2)
    assert not Absence.objects.exists()


def test_nobody_edits_the_absences_of_a_colleague(cast: Cast) -> None:
    make_person(user=cast.bo)
    absence = make_absence(make_person(), date(2027, 1, 4), date(2027, 1, 8))
    with pytest.raises(NotAllowed):
        absences.remove_absence(absence, by=cast.bo)
    with pytest.raises(NotAllowed):
        absences.change_absence(
            absence, first_on=absence.first_on, last_on=absence.last_on, by=cast.bo
        )


def test_a_manager_enters_absences_but_no_reasons(cast: Cast) -> None:
    person = make_person()
    days: Any = {"first_on": date(2027, 1, 4), "last_on": date(2027, 1, 8)}
    with pytest.raises(NotAllowed, match="reason"):
        absences.add_absence(person=person, by=cast.ada, reason="ill", **days)
    absence = absences.add_absence(person=person, by=cast.ada, **days)
    absences.change_absence(absence, by=cast.admin, reason="ill", **days)
    with pytest.raises(NotAllowed, match="reason"):
        absences.change_absence(absence, by=cast.ada, reason="well", **days)
    kept = absences.change_absence(
        absence, by=cast.ada, first_on=date(2027, 1, 4), last_on=date(2027, 1, 11)
    )
    assert kept.reason == "ill"


def test_the_audit_never_holds_a_reason(cast: Cast) -> None:
    days: Any = {"first_on": date(2027, 1, 4), "last_on": date(2027, 1, 8)}
    absence = absences.add_absence(person=make_person(), by=cast.admin, reason="surgery", **days)
    absences.change_absence(absence, by=cast.admin, reason="surgery again", **days)
    absences.remove_absence(absence, by=cast.admin)
    assert len(AuditEvent.objects.filter(verb__startswith="absence.")) == 3
    for event in AuditEvent.objects.all():
        assert "surgery" not in f"{event.before}{event.after}{event.reason}{event.object_text}"


def test_an_absence_that_ends_before_it_begins_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        absences.add_absence(
            person=make_person(), first_on=date(2027, 1, 8), last_on=date(2027, 1, 4), by=cast.ada
        )


# --- departments and sites


def test_a_department_cannot_be_moved_below_itself(cast: Cast) -> None:
    top = departments.create_department(key="top", name_en="Top", by=cast.ada, leads=[cast.bo])
    low = departments.create_department(key="low", name_en="Low", by=cast.ada, parent=top)
    with pytest.raises(InvalidInput):
        departments.update_department(top, by=cast.ada, parent=low)
    top.refresh_from_db()
    assert top.parent is None


def test_changes_of_departments_keep_the_leads_before_and_after(cast: Cast) -> None:
    top = departments.create_department(key="top", name_en="Top", by=cast.ada, leads=[cast.bo])
    departments.update_department(top, by=cast.ada, leads=[cast.plan], name_en="Top")
    (event,) = events("department.change")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["leads"], event.after["leads"]) == (["bo"], ["plan"])
    assert Department.objects.get().leads.get() == cast.plan


def test_a_site_needs_a_real_time_zone(cast: Cast) -> None:
    with pytest.raises(InvalidInput):
        departments.create_site(key="x", name_en="X", time_zone="../etc/passwd", by=cast.ada)
    site = departments.create_site(key="x", name_en="X", time_zone="Asia/Tokyo", by=cast.ada)
    departments.update_site(site, by=cast.ada, country="JP")
    assert [len(events("site.create")), len(events("site.change"))] == [1, 1]


# --- who is seen


def test_load_is_seen_by_managers_planners_the_person_and_who_leads_them(
    cast: Cast, lead: User
) -> None:
    person = make_person(user=cast.bo)
    person.department.leads.add(lead)
    other = make_person()

    def seen(user: User) -> set[int]:
        return set(Person.objects.load_visible_to(user).values_list("pk", flat=True))

    for user in (cast.ada, cast.admin, cast.plan):
        assert seen(user) == {person.pk, other.pk}
    for user in (cast.bo, lead):
        assert seen(user) == {person.pk}
    for user in (cast.cy, cast.vi, cast.rev, cast.legal, cast.boss, cast.owner, cast.api):
        assert seen(user) == set()


def test_who_holds_a_skill_at_a_level_is_found_by_day(cast: Cast) -> None:
    skill = make_skill("python")
    person = make_person(skills={skill: 3})
    held = person.skills.get()
    held.valid_to = date(2027, 1, 31)
    held.save()
    find: Callable[..., Any] = Person.objects.all().with_skill
    assert find("python", 3, date(2027, 1, 31)).get() == person
    assert not find("python", 4, date(2027, 1, 31)).exists()
    assert not find("python", 3, date(2027, 2, 1)).exists()
    assert find("", 1, date(2027, 1, 1)).get() == person
