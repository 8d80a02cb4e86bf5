"""Projects: made from templates, listed, shown and edited."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from projects import catalog, registry
from projects.models import ChecklistItem, Project, Seat, Slot
from projects.phases import ORDER
from projects.services.projects import create_project, update_project
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed, Stale
from tests.builders import make_department, make_project, make_site, make_user, monday

pytestmark = pytest.mark.django_db
READY = [one.key for one in catalog.load_domains() if one.ready]


@pytest.fixture
def make(cast, reference):
    """Make a project as ada, with what the test does not name filled in."""

    def make_it(**fields):
        filled = {
            "name": "Shop recommender",
            "template": "recommender",
            "start_on": monday(),
            "department": make_department(),
            "site": make_site(),
            "lead": cast.ada,
            "by": cast.ada,
        }
        return create_project(**(filled | fields))

    return make_it


@pytest.mark.parametrize("key", READY)
def test_a_project_holds_exactly_what_its_template_says(make, key):
    template = catalog.domain(key)

    project = make(template=key)

    phases = sorted(project.phases.all(), key=lambda phase: phase.number)
    assert [phase.key for phase in phases] == [one.value for one in ORDER]
    assert [phase.n_weeks for phase in phases] == [one.weeks for one in template.phases]
    seats = {(seat.role.key, seat.label) for seat in Seat.objects.filter(project=project)}
    assert seats == {(seat.role, seat.label_en) for seat in template.seats}
    slots = {
        (slot.seat.role.key, slot.seat.label, slot.phase.key): (
            slot.fte_hundredths,
            slot.priority,
            slot.must_fill,
            {(need.skill.key, need.level) for need in slot.skills.all()},
        )
        for slot in Slot.objects.filter(phase__project=project)
    }
    assert slots == {
        (seat.role, seat.label_en, slot.phase): (
            slot.fte_hundredths,
            slot.priority,
            slot.must_fill,
            {(need.skill, need.level) for need in slot.needs},
        )
        for seat in template.seats
        for slot in seat.slots
    }
    items = {
        (item.key, item.phase.key, item.text_en, item.text_zh, item.mandatory, item.evidence)
        for item in ChecklistItem.objects.filter(project=project)
    }
    assert items == {
        (item.key, item.phase, item.text_en, item.text_zh, item.mandatory, item.evidence)
        for item in template.items
    }
    requirements = {
        (one.key, one.metric_en, one.threshold, one.direction): {
            (need.skill.key, need.level) for need in one.skills.all()
        }
        for one in project.requirements.all()
    }
    assert requirements == {
        (one.key, one.metric_en, Decimal(str(one.threshold)), one.direction): {
            (need.skill, need.level) for need in one.needs
        }
        for one in template.requirements
    }
    assert project.domain == key
    assert project.risk_class == template.risk_class


def test_the_phases_follow_each_other_and_shift_with_the_start(make):
    early = make(start_on=monday())
    late = make(start_on=monday(5))

    for project, start in ((early, monday()), (late, monday(5))):
        day = start
        for phase in sorted(project.phases.all(), key=lambda phase: phase.number):
            assert phase.start_on == day
            assert (phase.baseline_start_on, phase.baseline_end_on) == (
                phase.start_on,
                phase.end_on,
            )
            day = phase.end_on
    pairs = zip(
        Slot.objects.filter(phase__project=early).order_by("seat__role", "seat__label", "start_on"),
        Slot.objects.filter(phase__project=late).order_by("seat__role", "seat__label", "start_on"),
        strict=True,
    )
    assert {(two.start_on - one.start_on) for one, two in pairs} == {timedelta(weeks=5)}


def test_a_blank_template_makes_seven_empty_phases(make):
    project = make(template="")

    assert project.phases.count() == 7
    assert not project.seats.exists()
    assert not project.checklist_items.exists()
    assert project.domain == ""


def test_a_start_that_is_no_monday_names_the_mondays_next_to_it(make):
    with pytest.raises(InvalidInput, match="2027-01-04 and 2027-01-11") as refusal:
        make(start_on=date(2027, 1, 6))
    assert refusal.value.details["field"] == "start_on"
    assert not Project.objects.exists()


@pytest.mark.parametrize("template", ["risk-control", "cooking"])
def test_a_template_that_is_not_ready_is_refused_with_the_ready_ones(make, template):
    with pytest.raises(InvalidInput, match="recommender, diagnosis, customer-service"):
        make(template=template)


def test_only_managers_and_administrators_make_projects(make, cast):
    assert make(by=cast.admin).lead == cast.ada
    for user in (cast.bo, cast.cy, cast.plan, cast.vi, cast.rev, cast.ml, cast.boss):
        with pytest.raises(NotAllowed):
            make(by=user)


def test_a_token_without_write_makes_no_project(make, cast):
    cast.ada.token_scopes = ["read"]
    with pytest.raises(NotAllowed):
        make()


def test_a_lead_is_a_manager_or_an_administrator(make, cast):
    with pytest.raises(InvalidInput, match="cannot lead"):
        make(lead=cast.bo)
    assert make(lead=cast.admin).lead == cast.admin


def test_keys_are_made_from_names_and_stay_unique(make):
    assert make(name="Shop recommender").key == "shop-recommender"
    assert make(name="Shop recommender").key == "shop-recommender-2"
    assert make(name="推荐系统").key == "project"
    with pytest.raises(Conflict, match="shop-recommender"):
        make(key="shop-recommender")


def test_making_a_project_is_audited_and_calls_the_hooks_in_its_transaction(make, cast):
    called = []

    def refuse(project, by):
        called.append((project.pk, by))
        raise RuntimeError("the hook failed")

    project = make()
    event: Any = AuditEvent.objects.get(verb="project.create", object_id=str(project.pk))
    assert event.by == cast.ada
    assert event.after["name"] == "Shop recommender"
    with registry.isolated():
        registry.on_project_created(refuse)
        with pytest.raises(RuntimeError):
            make(name="Other")
    assert len(called) == 1
    assert not Project.objects.filter(name="Other").exists()


def test_everything_that_a_project_is_made_of_has_its_history(make, cast):
    project = make()
    assert project.history.get().history_user == cast.ada
    for phase in project.phases.all():
        assert phase.history.get().history_user == cast.ada
    slots = Slot.objects.filter(phase__project=project)
    assert Slot.history.count() == slots.count()
    assert ChecklistItem.history.count() == project.checklist_items.count()


def test_the_lead_changes_the_project_and_others_may_not(cast):
    project = make_project(lead=cast.ada, deputies=[cast.bo])

    update_project(project, by=cast.bo, name="New name", priority=1)
    project.refresh_from_db()
    assert (project.name, project.priority, project.version) == ("New name", 1, 2)
    other = make_user(None, "manager")
    with pytest.raises(NotAllowed):
        update_project(project, by=other, name="Mine")
    assert AuditEvent.objects.filter(verb="project.change").count() == 1


def test_a_change_of_an_old_version_is_refused(cast):
    project = make_project(lead=cast.ada)
    update_project(project, by=cast.ada, version=1, priority=1)
    with pytest.raises(Stale):
        update_project(project, by=cast.ada, version=1, priority=3)


def test_a_deputy_without_the_right_to_money_sets_no_budget(cast):
    project = make_project(lead=cast.ada, deputies=[cast.bo])
    with pytest.raises(NotAllowed):
        update_project(project, by=cast.bo, budget=Decimal(1000))
    assert update_project(project, by=cast.ada, budget=Decimal(1000)).budget == 1000
