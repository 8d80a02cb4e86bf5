"""Make and revoke the tokens of programs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from teamhub.accounts import permissions
from teamhub.accounts.models import ApiToken, User
from teamhub.audit import services as audit
from teamhub.errors import InvalidInput

MOST_DAYS = 365


def scopes_for(user: User) -> list[str]:
    """Return the scopes that can mean something for this user."""
    # Managers read rates and budgets; planners what devices cost.
    money = permissions.is_manager(user) or permissions.is_planner(user)
    return [scope for scope in permissions.SCOPES if scope != "money" or money]


@transaction.atomic
def create_token(
    *,
    by: User,
    name: str = "",
    scopes: Iterable[str] | None = None,
    expiry_days: int | None = None,
) -> tuple[ApiToken, str]:
    """Make a token of `by` and return it with its secret, which is never seen again.

    Without scopes it gets all that its owner can use.
    """
    wanted = scopes_for(by) if scopes is None else sorted(set(scopes))
    if unknown := set(wanted) - set(permissions.SCOPES):
        raise InvalidInput(
            _("There is no scope “%(scope)s”.") % {"scope": sorted(unknown)[0]},
            scopes=sorted(unknown),
        )
    if not wanted:
        raise InvalidInput(_("A token needs at least one scope."))
    days = settings.TOKEN_DAYS if expiry_days is None else expiry_days
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(
            _("A token lives from 1 to %(most)d days.") % {"most": MOST_DAYS}, expiry_days=days
        )
    token, secret = ApiToken.objects.create(
        user=by, name=name.strip(), scopes=wanted, expiry=timedelta(days=days)
    )
    after = {"name": token.name, "scopes": wanted, "expiry": token.expiry}
    audit.record(by, "token.create", token, after=after)
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken, by: User) -> None:
    """End a token at once: its owner or an administrator may."""
    permissions.require(
        token.user_id == by.pk or permissions.is_administrator(by),
        _("Only its owner or an administrator revokes a token."),
    )
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    if changed:
        audit.record(by, "token.revoke", token, after={"owner": token.user.get_username()})
