"""Which rows of a proposal a decision is about, what was suggested and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Project, ProposalRow, StaffingRun
from projects.services.overrides import overrides_of, words
from teamhub.accounts.models import User
from teamhub.errors import Conflict, InvalidInput, NotAllowed


def rows_asked_for(
    run: StaffingRun,
    rows: Iterable[int] | None,
    projects: Iterable[Project | int] | None,
    *,
    by: User,
) -> list[int] | None:
    """Ids of rows, from ids or from projects; None for all that are open."""
    if projects is None:
        return None if rows is None else list(rows)
    if rows is not None:
        raise InvalidInput(_("Name rows or projects to accept, not both."))
    ids = {one.pk if isinstance(one, Project) else one for one in projects}
    if not ids:
        raise InvalidInput(_("Name at least one project to accept."))
    if Project.objects.editable_by(by).filter(pk__in=ids).count() < len(ids):
        raise NotAllowed(_("Only the lead or a deputy of the project may decide on its rows."))
    found = run.rows.filter(
        decision=ProposalRow.Decision.OPEN,
        person__isnull=False,
        slot__phase__project__in=ids,
    ).values_list("pk", "slot__phase__project_id")
    if missing := ids - {project for _row, project in found}:
        names = Project.objects.filter(pk__in=missing).values_list("name", flat=True)
        raise Conflict(
            _("No row of this proposal is open in: %(names)s.") % {"names": ", ".join(names)},
            code="nothing_open",
        )
    return [row for row, _project in found]


def passed_over(rows: list[ProposalRow], *, reason: str) -> dict[int, str]:
    """By row, what it overrides; without a reason such rows refuse the decision."""
    held = {row.pk: row.replaces for row in rows if row.replaces is not None}
    found = overrides_of(held.values())
    passed = {pk: found[one.pk] for pk, one in held.items() if one.pk in found}
    if not passed or reason.strip():
        return passed
    refused = [
        {
            "row": row.pk,
            "override": passed[row.pk],
            "reason": f"{row.replaces} – {words(passed[row.pk])}",
            "clashes": [],
        }
        for row in rows
        if row.pk in passed
    ]
    raise Conflict(
        _("Give a reason: these rows end work that is locked or that another lead approved."),
        code="needs_reason",
        override=refused[0]["override"],
        refused=refused,
    )


def suggestions(rows: Iterable[ProposalRow]) -> dict[int, dict[str, Any]]:
    """What was suggested, by row, as the audit log keeps it."""
    return {
        row.pk: {
            "row": row.pk,
            "slot": row.slot_id,
            "seat": str(row.slot),
            "suggested": row.person.key if row.person else None,
            "instead_of": row.replaces.person.key if row.replaces else None,
            "start_on": row.start_on,
            "end_on": row.end_on,
            "fte_share": row.fte_hundredths / 100,
        }
        for row in rows
    }


def decisions(
    suggested: dict[int, dict[str, Any]], rows: Iterable[ProposalRow], passed: dict[int, str]
) -> list[dict[str, Any]]:
    """The suggestions with what became of each: a row that did not fit is `refused`."""
    found = []
    for row in rows:
        refused = row.decision == ProposalRow.Decision.OPEN
        entry = suggested[row.pk] | {"decided": "refused" if refused else row.decision}
        found.append(entry | ({"override": passed[row.pk]} if row.pk in passed else {}))
    return found
