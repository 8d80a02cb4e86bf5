"""Every kind of run: a concrete subclass of Run is known by being installed."""

from __future__ import annotations

from django.apps import apps
from django.utils.translation import gettext as _

from teamhub.errors import InvalidInput
from teamhub.runs.models import Run


def kinds() -> list[type[Run]]:
    """Every concrete Run table that is installed, ordered by kind."""
    found = [model for model in apps.get_models() if issubclass(model, Run)]
    return sorted(found, key=lambda model: model.kind)


def by_kind(kind: str) -> type[Run]:
    for model in kinds():
        if model.kind == kind:
            return model
    known = ", ".join(model.kind for model in kinds())
    raise InvalidInput(
        _("There is no kind of run named “%(kind)s”. Known kinds: %(known)s.")
        % {"kind": kind, "known": known}
    )


def queues() -> list[str]:
    """The queues that must have a worker."""
    return sorted({model.queue for model in kinds()})
