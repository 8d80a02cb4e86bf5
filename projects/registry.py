"""Where upper apps meet in a project: gate criteria, hooks of its life, workloads, device use.

`projects` says which facts a gate asks for (`expect`); the app that knows the fact says how it
stands (`register_criterion`). An expected fact that nobody answers for is "unknown" and does not
pass. One app owns workloads (`provide_workloads`), another measures what devices were busy for them
(`devices_used`); neither knows the other. Callables run in the transaction of the service; their
errors are not swallowed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from projects.phases import ORDER, PhaseKey

if TYPE_CHECKING:
    from projects.models import Phase, Project
    from teamhub.accounts.models import User

Text = str | Promise


@dataclass(frozen=True)
class Missing:
    """One thing that keeps a phase open, for people (`text`) and programs."""

    kind: str  # phase, item or criterion
    key: str
    text: Text

    def as_json(self) -> dict[str, str]:
        return {"kind": self.kind, "key": self.key, "text": str(self.text)}


@dataclass(frozen=True)
class WorkloadChoice:
    """A workload as other apps may name it."""

    key: str  # stays the same for the life of the workload
    name: Text
    phase_id: int


@dataclass(frozen=True)
class DeviceUse:
    """Devices that were busy for a workload: one measurement, reported once."""

    workload: str  # key of a WorkloadChoice
    source: str  # unique name of the measurement, such as "training:<run id>"
    device_seconds: float  # devices x seconds
    device: str  # what was busy, as the measuring program calls it
    started_at: datetime
    ended_at: datetime


Check = Callable[["Phase"], list[Missing]]
CreatedHook = Callable[["Project", "User"], Any]
MovedHook = Callable[["Phase", date, date, "User"], Any]
WorkloadSource = Callable[["User", "Project"], list[WorkloadChoice]]
UseHook = Callable[[DeviceUse, "User"], Any]


@dataclass(frozen=True)
class Criterion:
    """A fact that a gate asks for; without `check` nobody knows it yet."""

    key: str
    title: Text
    phases: tuple[PhaseKey, ...] = ORDER
    check: Check | None = None

    def missing(self, phase: Phase) -> list[Missing]:
        """What keeps the phase from passing; empty when the criterion holds."""
        if self.check is None:
            text = _("%(title)s: unknown, nothing answers for it yet") % {"title": self.title}
            return [Missing("criterion", self.key, text)]
        return self.check(phase)


@dataclass
class _Registry:
    criteria: dict[str, Criterion] = field(default_factory=dict)
    created: list[CreatedHook] = field(default_factory=list)
    moved: list[MovedHook] = field(default_factory=list)
    workloads: list[WorkloadSource] = field(default_factory=list)
    uses: list[UseHook] = field(default_factory=list)


_registry = _Registry()


def expect(key: str, title: Text, phases: tuple[PhaseKey, ...] = ORDER) -> None:
    """Let the gates of these phases ask for a fact that an upper app may answer for."""
    if key in _registry.criteria:
        raise ValueError(f"The criterion {key!r} is there already.")
    _registry.criteria[key] = Criterion(key, title, phases)


def register_criterion(
    key: str, check: Check, *, title: Text = "", phases: tuple[PhaseKey, ...] | None = None
) -> None:
    """Answer for an expected criterion, or add one of your own (then give its title)."""
    known = _registry.criteria.get(key)
    if known is not None and known.check is not None:
        raise ValueError(f"Two apps answer for the criterion {key!r}.")
    if known is None and not title:
        raise ValueError(f"Nobody expects the criterion {key!r}: give it a title.")
    _registry.criteria[key] = Criterion(
        key,
        title or (known.title if known else key),
        phases or (known.phases if known else ORDER),
        check,
    )


def criteria_for(phase: PhaseKey) -> list[Criterion]:
    """The criteria of a phase's gate, in the order in which they were added."""
    return [one for one in _registry.criteria.values() if phase in one.phases]


def on_project_created(hook: CreatedHook) -> None:
    """Call `hook(project, by)` in the transaction that makes a project."""
    if hook not in _registry.created:
        _registry.created.append(hook)


def project_created(project: Project, by: User) -> None:
    for hook in _registry.created:
        hook(project, by)


def on_phase_moved(hook: MovedHook) -> None:
    """Call `hook(phase, old start, old end, by)` in the transaction that moves a phase."""
    if hook not in _registry.moved:
        _registry.moved.append(hook)


def phase_moved(phase: Phase, start_on: date, end_on: date, by: User) -> None:
    for hook in _registry.moved:
        hook(phase, start_on, end_on, by)


def provide_workloads(source: WorkloadSource) -> None:
    """Let `source(user, project)` name the workloads of a project that this user may see."""
    if source not in _registry.workloads:
        _registry.workloads.append(source)


def workloads_of(user: User, project: Project) -> list[WorkloadChoice]:
    """Workloads of the project that the user may see; empty while no app owns any."""
    return [choice for source in _registry.workloads for choice in source(user, project)]


def on_devices_used(hook: UseHook) -> None:
    """Call `hook(use, by)` in the transaction that stores a measured use of devices."""
    if hook not in _registry.uses:
        _registry.uses.append(hook)


def devices_used(use: DeviceUse, by: User) -> None:
    for hook in _registry.uses:
        hook(use, by)


@contextmanager
def isolated(*, empty: bool = False) -> Iterator[None]:
    """Changes inside the block end with it; with `empty` it starts from nothing. For tests."""
    before = _Registry(
        dict(_registry.criteria),
        list(_registry.created),
        list(_registry.moved),
        list(_registry.workloads),
        list(_registry.uses),
    )
    if empty:
        vars(_registry).update(vars(_Registry()))
    try:
        yield
    finally:
        vars(_registry).update(vars(before))
