"""Make, change and remove one row of this app: rule, lock, version, audit in one place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from capacity.rights import may_plan, may_see_device_cost
from projects.models.project import WholeWeeks
from roles.services import tracked
from teamhub import weeks
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import InvalidInput
from teamhub.names import Named, refuse_number

M = TypeVar("M", bound=models.Model)
MAX_SPAN = 520  # weeks that work, allocations and maintenance may last, as phases may


def require_planner(by: User) -> None:
    permissions.require(
        may_plan(by), _("Only planners and administrators may change devices and who gets them.")
    )


def require_cost(by: User) -> None:
    permissions.require(
        may_see_device_cost(by), _("You may not set what devices cost: you may not see it.")
    )


def check(row: models.Model) -> None:
    """The weeks first, in words of weeks; then what the model says."""
    check_weeks(row)
    check_key(row)
    tracked.check(row)


def check_weeks(row: models.Model) -> None:
    start, end = getattr(row, "start_on", None), getattr(row, "end_on", None)
    found = week_errors(start, end)
    if not found and start and end and isinstance(row, WholeWeeks) and row.n_weeks > MAX_SPAN:
        text = _("%(n)d weeks are too many; at most %(most)d.")
        found["end_on"] = text % {"n": row.n_weeks, "most": MAX_SPAN}
    if found:
        fields = {name: [text] for name, text in found.items()}
        raise InvalidInput(" ".join(found.values()), fields=fields)


def check_key(row: models.Model) -> None:
    """Nodes have the serial of their maker: they are named by id only."""
    if isinstance(row, Named) and row._state.adding:
        refuse_number(row.key)


def week_errors(start: date | None, end: date | None) -> dict[str, str]:
    """What is wrong with a range of weeks whose ends may be open, by field."""
    found = {}
    for name, day in (("start_on", start), ("end_on", end)):
        if day is not None and not weeks.is_plannable(day):
            found[name] = _("%(day)s is outside the years %(first)d to %(last)d.") % {
                "day": day,
                "first": weeks.FIRST.year,
                "last": weeks.LAST.year,
            }
        elif day is not None and not weeks.is_monday(day):
            before = weeks.monday(day)
            found[name] = _(
                "%(day)s is not a Monday. The Mondays next to it are %(before)s and %(after)s."
            ) % {"day": day, "before": before, "after": weeks.add_weeks(before, 1)}
    if not found and start is not None and end is not None and end <= start:
        found["end_on"] = _("The end must come after the first week.")
    return found


def create(row: M, *, verb: str, names: Collection[str], by: User) -> M:
    """Write a new row and its event."""
    check(row)
    row.save()
    audit.record(by, f"{verb}.create", row, after=tracked.snapshot(row, names))
    return row


def update(
    row: M,
    changes: Mapping[str, Any],
    *,
    verb: str,
    names: Collection[str],
    by: User,
    version: int | None,
    reason: str = "",
) -> M:
    """Change the row of today, if nobody changed it since `version`; nothing new, no event."""
    if unknown := set(changes) - set(names):
        raise InvalidInput(_("These fields cannot be changed: %s.") % ", ".join(sorted(unknown)))
    row = tracked.hold(row, version=version)
    before = tracked.snapshot(row, names)
    if not tracked.assign(row, changes):
        return row
    check(row)
    row.version += 1  # type: ignore[attr-defined]
    row.save()
    after = tracked.snapshot(row, names)
    audit.record(by, f"{verb}.change", row, before=before, after=after, reason=reason)
    return row


def delete(
    row: M,
    *,
    verb: str,
    names: Collection[str],
    by: User,
    version: int | None,
    reason: str = "",
) -> None:
    row = tracked.hold(row, version=version)
    before = tracked.snapshot(row, names)
    audit.record(by, f"{verb}.remove", row, before=before, reason=reason)
    row.delete()
