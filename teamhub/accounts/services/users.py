"""Change what an account is: names, groups, whether it may log in, its password."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group as GroupRow
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from teamhub.accounts import permissions
from teamhub.accounts.groups import Group
from teamhub.accounts.models import ApiToken, User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput

FIELDS = ("username", "first_name", "last_name", "email", "language", "time_zone", "is_active")


def snapshot(user: User) -> dict[str, Any]:
    """Return what the audit keeps of an account: no password, not even its hash."""
    groups = user.groups.order_by("name").values_list("name", flat=True)
    return {name: getattr(user, name) for name in FIELDS} | {"groups": list(groups)}


def require_administrator(by: User) -> None:
    permissions.require(permissions.is_administrator(by), _("Only administrators manage accounts."))


def group_rows(names: Iterable[str]) -> list[GroupRow]:
    """Return the rows of these groups; an unknown name is refused."""
    wanted = set(names)
    unknown = wanted - {group.value for group in Group}
    if unknown:
        raise InvalidInput(
            _("There is no group “%(name)s”.") % {"name": sorted(unknown)[0]},
            groups=sorted(unknown),
        )
    return list(GroupRow.objects.filter(name__in=wanted))


@transaction.atomic
def change_user(
    *,
    user: User,
    by: User,
    first_name: str,
    last_name: str,
    email: str,
    groups: Iterable[str],
    is_active: bool,
) -> User:
    """Change an account; deactivating it also ends its tokens and links."""
    require_administrator(by)
    # One change at a time: two administrators must not remove each other at once.
    GroupRow.objects.select_for_update().filter(name=Group.ADMINISTRATOR).first()
    user = User.objects.select_for_update().get(pk=user.pk)
    rows = group_rows(groups)
    before = snapshot(user)
    _keep_an_administrator(user, rows, is_active=is_active, by=by)
    user.first_name, user.last_name = first_name.strip(), last_name.strip()
    user.email = User.objects.normalize_email(email.strip())
    user.is_active = is_active
    check(user)
    user.save()
    user.groups.set(rows)
    if not is_active:
        now = timezone.now()
        ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)
        user.links.filter(used_at__isnull=True, ended_at__isnull=True).update(
            ended_at=now, next_try_at=None
        )
    after = snapshot(user)
    if after != before:
        audit.record(by, "user.change", user, before=before, after=after)
    return user


@transaction.atomic
def change_own(*, by: User, language: str, time_zone: str) -> User:
    """Change one's own language and time zone."""
    user = User.objects.select_for_update().get(pk=by.pk)
    before = snapshot(user)
    user.language, user.time_zone = language, time_zone
    check(user)
    user.save(update_fields=["language", "time_zone"])
    after = snapshot(user)
    if after != before:
        audit.record(by, "user.change", user, before=before, after=after)
    return user


@transaction.atomic
def set_password(*, user: User, password: str, by: User) -> None:
    """Store a password that the caller has checked; every other session of the user ends."""
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(by, "user.password", user)


def check(user: User) -> None:
    """Raise InvalidInput with what is wrong with the fields of the account."""
    try:
        user.full_clean(exclude=["password"])
    except ValidationError as error:
        fields = {name: [str(text) for text in texts] for name, texts in error.message_dict.items()}
        first = next(iter(fields.values()))[0]
        raise InvalidInput(first, fields=fields) from None


def _keep_an_administrator(user: User, rows: list[GroupRow], *, is_active: bool, by: User) -> None:
    """Refuse to lock oneself or everybody out of the administration."""
    was = user.is_active and permissions.is_administrator(user)
    stays = is_active and (
        user.is_superuser or any(row.name == Group.ADMINISTRATOR for row in rows)
    )
    if not was or stays:
        return
    if user.pk == by.pk:
        raise Conflict(
            _("You cannot take the administration away from yourself. Ask another administrator.")
        )
    others = User.objects.filter(
        Q(is_superuser=True) | Q(groups__name=Group.ADMINISTRATOR), is_active=True
    )
    if not others.exclude(pk=user.pk).exists():
        raise Conflict(_("This is the last administrator. Name another one first."))
