"""Ask for a proposal: who takes which slot, under which weights and wishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Project, StaffingRun
from projects.selectors.staffing_scope import profile_named
from projects.services.staffing_scope import (
    Named,
    clean_budgets,
    clean_weights,
    clean_wishes,
    names_of_others,
)
from projects.services.staffing_what_if import clean_changes
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import InvalidInput, NotAllowed
from teamhub.runs import services as runs

__all__ = ["clean_weights", "propose_again", "propose_team"]


@transaction.atomic
def propose_team(
    *,
    projects: Sequence[Project],
    by: User,
    seconds: int | None = None,
    seed: int = 1,
    weights: dict[str, int] | None = None,
    change_budget: int = 0,
    people_budget: int | None = None,
    profile: str = "",
    what_if: Sequence[Mapping[str, Any]] = (),
    **wishes: Any,
) -> StaffingRun:
    """Queue a proposal for the open slots of these projects.

    Parameters
    ----------
    change_budget
        How many confirmed, unlocked assignments may be given to somebody else; with 0 they all
        stay, unless `people_budget` says how many people may lose work: then 0 is no limit.
    people_budget
        How many people may lose work that they hold.
    profile
        Name of the weights to begin with; `weights` change them.
    what_if
        Suppositions, see `staffing_what_if.FIELDS`; what comes of them cannot be accepted.
    wishes
        from_on, to_on, frozen_weeks, pins, exclusions, apart, must_fill: see
        `staffing_scope.clean_wishes`.
    """
    seconds = settings.STAFFING_SECONDS if seconds is None else seconds
    if not projects:
        raise InvalidInput(_("Choose at least one project to staff."))
    if not 1 <= seconds <= settings.STAFFING_MAX_SECONDS:
        raise InvalidInput(
            _("The time limit must lie between 1 and %(most)d seconds.")
            % {"most": settings.STAFFING_MAX_SECONDS}
        )
    if others := names_of_others(projects, by):
        raise NotAllowed(
            _("Only the lead or a deputy may staff a project; you are neither in: %(names)s.")
            % {"names": others}
        )
    named = Named(projects, by)
    params = {
        "seconds": seconds,
        **_weights(profile, weights or {}, by),
        **clean_budgets(change_budget, people_budget),
        **clean_wishes(named, **wishes),
    }
    if supposed := clean_changes(named, what_if):
        params["what_if"] = supposed
    run = StaffingRun(seed=seed, params=params)
    runs.submit(run, by=by)
    run.projects.set(projects)
    asked = {"projects": [project.key for project in projects], "seed": seed, "params": params}
    audit.record(by, "proposal.ask", run, after=asked, run=run)
    return run


def propose_again(run: StaffingRun, *, by: User, people_budget: int) -> StaffingRun:
    """Ask what an earlier proposal asked, and let so many people lose work that they hold."""
    if run.is_what_if:
        raise InvalidInput(_("This proposal supposes what is not so; ask for one without it."))
    own = {"profile", "change_budget", "people_budget"}
    params = {name: value for name, value in run.params.items() if name not in own}
    projects = list(run.projects.order_by("pk"))
    again: StaffingRun = propose_team(
        projects=projects, by=by, seed=run.seed, people_budget=people_budget, **params
    )
    return again


def _weights(profile: str, given: Mapping[str, Any], by: User) -> dict[str, Any]:
    """The weights of a run and, where it began with kept ones, their name."""
    if not profile:
        return {"weights": clean_weights(given)}
    kept = profile_named(profile, by)
    if kept is None:
        raise InvalidInput(_("There are no weights called “%(name)s”.") % {"name": profile[:60]})
    return {"weights": clean_weights({**kept.weights, **given}), "profile": kept.name}
