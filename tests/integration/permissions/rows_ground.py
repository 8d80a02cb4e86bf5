"""Rows of runs over all kinds, the audit, accounts and tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from teamhub.accounts.models import ApiToken, User
from teamhub.audit.models import AuditEvent
from teamhub.saved.models import SavedView
from tests.integration.permissions.rows import (
    View,
    Who,
    administrators,
    column,
    ids,
    lines,
    links,
    pks,
)
from tests.integration.permissions.walker import Answer

RUN = r'<th scope="row"><a href="/[\w/-]+/([0-9a-f-]{36})/"'
RUN_IN_FILE = r"(?m)^[^,\n]* ([0-9a-f]{8}),"


def run_views(runs: Callable[[Who], Iterable[Any]]) -> list[View]:
    """The pages over all kinds of runs; each app tells which of its runs somebody sees."""

    def all_runs(who: Who) -> list[str]:
        return pks(runs(who))

    return [
        View("/runs/", links(RUN), all_runs),
        View("/runs/", links(RUN), all_runs, "run-list"),
        View("/runs/?format=csv", links(RUN_IN_FILE), lambda who: [k[:8] for k in all_runs(who)]),
        View("/api/v1/runs/", ids, all_runs),
    ]


def tokens(who: Who) -> set[Any]:
    found = ApiToken.objects.all()
    return set(found if who.is_administrator else found.filter(user=who.user))


def _view_ids(who: Who) -> list[str]:
    return pks(SavedView.objects.filter(owner=who.user))


def _ids_of_views(answer: Answer) -> list[str]:
    return [str(row["id"]) for row in answer.json()]


def ground_views() -> list[View]:
    event = links(r'<th scope="row"><a href="/audit/(\d+)/"')
    user = links(r'<th scope="row"><a href="/accounts/users/(\d+)/"')
    token = links(r'action="/accounts/tokens/(\d+)/revoke/"')
    only = administrators
    audit, users, own = "/audit/?size=200", "/accounts/users/?size=200", "/accounts/tokens/"
    return [
        View("/people/?size=1", links(r'action="/views/(\d+)/favourite/"'), _view_ids),
        View("/api/v1/views/?page=people", _ids_of_views, _view_ids),
        View(audit, event, _every_event, status=only),
        View(audit, event, _every_event, "audit-list", only),
        View("/audit/?format=csv", lines, lambda who: [""] * len(_every_event(who)), status=only),
        View(users, user, _every_user, status=only),
        View(users, user, _every_user, "user-list", only),
        View(
            "/accounts/users/?format=csv",
            column("username"),
            lambda _who: User.objects.values_list("username", flat=True),
            status=only,
        ),
        View(f"{own}?size=200", token, lambda who: pks(tokens(who))),
        View(f"{own}?size=200", token, lambda who: pks(tokens(who)), "token-list"),
        View(
            f"{own}?format=csv",
            column("user"),
            lambda who: [token.user.username for token in tokens(who)],
        ),
    ]


def _every_event(_who: Who) -> list[str]:
    return pks(AuditEvent.objects.all())


def _every_user(_who: Who) -> list[str]:
    return pks(User.objects.all())
