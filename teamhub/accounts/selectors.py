"""Accounts as the administrator's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from teamhub.accounts import permissions
from teamhub.accounts.groups import LABELS, Group
from teamhub.accounts.models import ApiToken, OneTimeLink, User

STATES = [
    ("active", _("Active")),
    ("invited", _("Invited")),
    ("asked", _("Asked for a new password")),
    ("inactive", _("Deactivated")),
]
TONES = {"active": "good", "invited": "tentative", "asked": "warn", "inactive": "neutral"}
_NO_PASSWORD = Q(password__startswith="!") | Q(password="")  # noqa: S106 (Django's mark)


def users() -> QuerySet[Any]:
    """Every account, with its groups and whether somebody asks for a link."""
    open_links = OneTimeLink.objects.filter(used_at__isnull=True, ended_at__isnull=True)
    waiting = open_links.filter(user=OuterRef("pk"), digest="", next_try_at__isnull=True)
    return User.objects.annotate(asks=Exists(waiting)).prefetch_related(
        "groups", Prefetch("links", queryset=open_links, to_attr="open_links")
    )


def in_state(found: QuerySet[Any], state: str) -> QuerySet[Any]:
    if state == "inactive":
        return found.filter(is_active=False)
    found = found.filter(is_active=True)
    if state == "asked":
        return found.filter(asks=True)
    found = found.filter(asks=False)
    return found.filter(_NO_PASSWORD) if state == "invited" else found.exclude(_NO_PASSWORD)


def state_of(user: Any) -> str:
    """The state of a user that `users()` has read."""
    if not user.is_active:
        return "inactive"
    if user.asks:
        return "asked"
    return "invited" if user.is_invited else "active"


def group_choices() -> list[tuple[str, Any]]:
    return [(group.value, LABELS[group]) for group in Group]


def group_labels(user: User) -> list[str]:
    names = {group.name for group in user.groups.all()}
    labels = [str(label) for name, label in LABELS.items() if str(name) in names]
    return [str(_("Superuser")), *labels] if user.is_superuser else labels


@dataclass(frozen=True)
class LinkState:
    """The open link of a user, in words' parts."""

    kind: str
    expires_at: Any
    expired: bool
    waits: bool
    gave_up: bool


def open_link(user: User) -> LinkState | None:
    link = user.links.filter(used_at__isnull=True, ended_at__isnull=True).first()
    if link is None:
        return None
    expired = link.expires_at is not None and link.expires_at <= timezone.now()
    return LinkState(
        kind=link.get_kind_display(),
        expires_at=link.expires_at,
        expired=expired,
        waits=link.next_try_at is not None,
        gave_up=link.next_try_at is None and link.sent_at is None and link.send_tries > 0,
    )


def tokens_for(user: User) -> QuerySet[ApiToken]:
    """One's own tokens; an administrator sees all."""
    tokens = ApiToken.objects.select_related("user")
    return tokens if permissions.is_administrator(user) else tokens.filter(user=user)


def tokens_in_state(tokens: QuerySet[ApiToken], state: str) -> QuerySet[ApiToken]:
    if state == "revoked":
        return tokens.filter(revoked_at__isnull=False)
    expired = Q(expiry__lte=timezone.now())
    tokens = tokens.filter(revoked_at__isnull=True)
    return tokens.filter(expired) if state == "expired" else tokens.exclude(expired)
