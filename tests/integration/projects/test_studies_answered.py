"""Each question from the click to the page, with the real kernel in this process."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from projects.kernel.staffing import study as kernel
from projects.models import StaffingStudy
from projects.selectors.study import study_view
from projects.services import studies
from tests import builders
from tests.integration.projects import study_scene as scene
from tests.integration.projects.staffing_scene import Company, Silent, start_monday


@pytest.fixture
def company(cast: Any) -> Any:
    """Ana (level 3) holds a slot at 2; a slot at 4 is open, Bo (level 1) has time."""
    company: Any = Company(lead=cast.ada)
    company.ana, company.bo = company.make_person("Ana"), company.make_person("Bo", level=1)
    company.held = company.make_slot("held", fte_hundredths=80)
    company.hard = company.make_slot("hard", level=4)
    builders.make_assignment(company.held, company.ana)
    return company


def view_of(company: Any, question: str, **given: Any) -> Any:
    """Ask, answer as a worker does, and read."""
    study = studies.ask(
        question=question, by=company.lead, about=[company.project], seconds=5, **given
    )
    job = json.loads(json.dumps(scene.load(study)))
    result = json.loads(json.dumps(kernel.run(job, Silent(), threading.Event())))
    return study_view(scene.answered(study, result["answer"]), company.lead)


def page_of(client: Any, view: Any) -> str:
    answer = client.get(view.study.get_absolute_url())
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_why_not_her(company: Any, client_for: Any) -> None:
    view = view_of(company, "why_not", slot=company.hard, person=company.bo)

    assert "skill" in [one.rule for one in view.answer.failing]
    assert (view.answer.skills[0].person, view.answer.skills[0].level) == (1, 4)
    trained = view.answer.ways[0].changes[0].data
    assert (trained["person"], trained["skill"], trained["level"]) == (company.bo.key, "nlp", 4)
    assert "Bo: Nlp level 1 → 4" in page_of(client_for(company.lead), view)


def test_what_would_help(company: Any, client_for: Any) -> None:
    view = view_of(company, "what_helps")

    fills = {slot.slot for idea in view.answer.ideas for slot in idea.fills}
    assert fills == {company.hard.pk}
    gains = [idea.gain for idea in view.answer.ideas]
    assert gains == sorted(gains, reverse=True)
    assert all(gain > 0 for gain in gains)
    assert view.answer.ideas[0].changes[0].text in page_of(client_for(company.lead), view)


def test_what_an_absence_costs(company: Any, client_for: Any) -> None:
    start = start_monday()
    view = view_of(company, "shock", absences=studies.Absences(start, start, [company.ana]))

    lost = view.answer.lost[0]
    assert (lost.slot.slot, lost.person.key) == (company.held.pk, company.ana.key)
    assert (lost.start_on, lost.last_week) == (start, start)
    assert view.answer.after < view.answer.before
    depth = {(one.skill, one.level): (one.can, one.can_without) for one in view.answer.depth}
    assert depth["nlp", 2] == (1, 0)
    assert "th-heat-none" in page_of(client_for(company.lead), view)


def test_why_not_all(company: Any, client_for: Any) -> None:
    view = view_of(company, "core", slots=[company.held, company.hard])

    assert (view.answer.feasible, view.answer.rest_feasible) == (False, True)
    (alone,) = view.answer.alone
    assert alone.slot.slot == company.hard.pk
    assert view.answer.rest == [company.held.pk]
    page = page_of(client_for(company.lead), view)
    assert alone.text.startswith("Nobody holds ")
    assert alone.text in page
    assert "All the others that were asked about can be filled together" in page
    assert StaffingStudy.objects.get().answer["people"] == []
