"""Questions in one process, with the kernel's answers as a test writes them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from projects import bridge
from projects.models import StaffingStudy
from teamhub.runs import frozen

SCORE = {"coverage": 20000, "fit": 4000, "cost": 8000, "continuity": 0, "money": 80_000_000}


def load(study: StaffingStudy) -> dict[str, Any]:
    """The frozen job of a question."""
    job = bridge.load_study(study)
    study.input_file = frozen.freeze(job)
    return job


def answered(study: StaffingStudy, answer: dict[str, Any]) -> StaffingStudy:
    """What a worker does with a kernel's answer."""
    now = timezone.now()
    StaffingStudy.objects.filter(pk=study.pk).update(
        status="succeeded",
        outcome="feasible",
        input_file=study.input_file,
        started_at=now,
        finished_at=now,
    )
    study.refresh_from_db()
    bridge.store_study(study, {"outcome": "feasible", "answer": answer})
    study.refresh_from_db()
    return study


def why_not(slot: str, person: Any, **parts: Any) -> dict[str, Any]:
    """An answer that names one change of each kind about a person, and one move."""
    key = str(person.pk)
    ways: list[dict[str, Any]] = [
        {"kind": "train", "person": key, "skill": "nlp", "level": 4, "from_week": 1},
        {"kind": "free", "person": key, "fte": 25, "start": 0, "end": 4},
        {"kind": "rate", "person": key, "rate": 150_000},
        {"kind": "more_projects", "person": key, "max_projects": 4},
    ]
    return {
        "slot": slot,
        "person": key,
        "holder": None,
        "failing": ["skill", "capacity"],
        "weeks": [0, 1],
        "score": SCORE,
        "holder_score": None,
        "first": False,
        "ways": [{"changes": [change], "gain": 700, "first": True} for change in ways],
        "never": [],
        "forced": {
            "loss": 654321,
            "parts": {"coverage": -500, "fit": 0, "cost": 7, "continuity": 0, "overload": 0},
            "moves": [{"slot": slot, "before": None, "after": key}],
        },
        "estimate": True,
        "neighbourhood": {"slots": 3, "people": 5},
        **parts,
    }


def what_helps(*ideas: list[dict[str, Any]], fills: list[str]) -> dict[str, Any]:
    return {
        "base": {"objective": 1234567, "coverage_share": 0.5, "open": 2},
        "ideas": [
            {
                "changes": changes,
                "gain": 7654321,
                "price": 8000000,
                "fills": fills,
                "coverage_share": 0.75,
                "money": 123_450_000,
            }
            for changes in ideas
        ],
        "tried": 9,
        "estimate": False,
    }


def shock(slot: str, absent: Any, cover: Any, project: Any) -> dict[str, Any]:
    return {
        "lost": [
            {
                "slot": slot,
                "person": str(absent.pk),
                "start": 0,
                "end": 2,
                "only_holder": True,
                "cover": [
                    {"person": str(cover.pk), "free": False, "rules": ["capacity"], "fit": 18}
                ],
                "shadow": str(cover.pk),
                "covered_by": None,
            }
        ],
        "phases": [
            {
                "project": str(project.pk),
                "phase": "design",
                "lost_effort": 100,
                "uncovered_effort": 50,
                "slips_weeks": 3,
            }
        ],
        "coverage_share": {"before": 1.0, "after": 0.5, "recovered": 0.6},
        "depth": [
            {
                "skill": "nlp",
                "level": 2,
                "project": str(project.pk),
                "need": 1,
                "can": 2,
                "can_without": 1,
            }
        ],
    }


def core(slot: str, person: Any, project: Any) -> dict[str, Any]:
    return {
        "feasible": False,
        "slots": [slot],
        "people": [{"person": str(person.pk), "rule": "max_projects"}],
        "projects": [{"project": str(project.pk), "rule": "budget"}],
        "minimal": True,
        "sentence_parts": {},
    }
