"""One-time links: invitations, and new passwords for those who forgot theirs.

Two ways lead to a link. With e-mail set up, an open row is sent by the clock (mail.py), which makes
the secret at that moment. Without, an administrator issues the link and hands it over.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from teamhub.accounts import lockout
from teamhub.accounts.models import OneTimeLink, User
from teamhub.accounts.services import users
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, TeamHubError

# Who asks again within this time gets no second e-mail.
ASK_AGAIN = timedelta(minutes=5)


class LinkIsDead(TeamHubError):
    """Used, expired, replaced or never made."""

    code = "link_dead"
    http_status = 410


def sends_email() -> bool:
    return bool(settings.EMAIL_HOST)


# --- by administrators ----------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    email: str,
    full_name: str,
    groups: Iterable[str],
    by: User,
    base_url: str = "",
    language: str = "",
    time_zone: str = "",
) -> tuple[OneTimeLink, str]:
    """Make an account (`invitation.user`) and its one-time link.

    Returns the link as text when the administrator has to hand it over, and "" when it goes out by
    e-mail. Inviting somebody again who has not set a password yet replaces the link.
    """
    users.require_administrator(by)
    email = User.objects.normalize_email(email.strip())
    if not email:
        raise InvalidInput(_("%(name)s has no e-mail address.") % {"name": full_name})
    rows = users.group_rows(groups)
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        try:
            with transaction.atomic():
                user = _new_user(email, full_name, language=language, time_zone=time_zone)
        except IntegrityError:
            raise Conflict(
                _("Somebody invited %(email)s at this moment.") % {"email": email}, code="double"
            ) from None
        user.groups.set(rows)
        audit.record(by, "user.invite", user, after=users.snapshot(user))
    elif not user.is_invited or not user.is_active:
        raise Conflict(
            _("%(email)s already has the account “%(username)s”.")
            % {"email": email, "username": user.username},
            username=user.username,
        )
    return issue_link(user=user, by=by, base_url=base_url)


@transaction.atomic
def issue_link(*, user: User, by: User, base_url: str = "") -> tuple[OneTimeLink, str]:
    """Make a new link for somebody, an invitation or for a new password; older ones end."""
    users.require_administrator(by)
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise Conflict(_("This account is deactivated. Activate it first."))
    end_links(user)
    kind = OneTimeLink.Kind.INVITATION if user.is_invited else OneTimeLink.Kind.RESET
    link = OneTimeLink(user=user, kind=kind, asked_by=by, base_url=base_url[:200])
    secret = ""
    if sends_email() and user.email:
        link.next_try_at = timezone.now()
    else:
        secret = _give_secret(link)
    link.save()
    audit.record(by, "link.issue", user, after={"kind": kind, "by_email": not secret})
    return link, address_of(secret, base_url) if secret else ""


def end_links(user: User) -> None:
    """End every open link of the user."""
    user.links.filter(used_at__isnull=True, ended_at__isnull=True).update(
        ended_at=timezone.now(), next_try_at=None
    )


# --- by those who cannot log in -------------------------------------------------------------------


@transaction.atomic
def ask_for_reset(*, name: str, base_url: str = "") -> None:
    """Note that somebody forgot their password; says nothing about whether they exist.

    An open link is left alone: a stranger who asks cannot end the invitation of somebody else.
    """
    name = name.strip()
    found = User.objects.select_for_update().filter(
        Q(username=name) | Q(email__iexact=name), is_active=True
    )
    user = found.first() if name else None
    if user is None:
        return
    now = timezone.now()
    still_open = user.links.filter(used_at__isnull=True, ended_at__isnull=True).first()
    if still_open is not None and _is_fresh(still_open):
        return
    end_links(user)
    kind = OneTimeLink.Kind.INVITATION if user.is_invited else OneTimeLink.Kind.RESET
    by_email = sends_email() and bool(user.email)
    OneTimeLink.objects.create(
        user=user, kind=kind, base_url=base_url[:200], next_try_at=now if by_email else None
    )
    audit.record(None, "link.ask", user)


def _is_fresh(link: OneTimeLink) -> bool:
    """Whether asking once more would only repeat what is under way."""
    now = timezone.now()
    if link.asked_by_id is not None and link.is_good_at(now):
        return True  # an administrator's link, handed over by hand
    if not link.digest and not link.next_try_at:
        return link.send_tries == 0  # waits for an administrator
    return link.asked_at > now - ASK_AGAIN


def find_link(secret: str) -> OneTimeLink:
    """Return the link that this secret opens, or raise LinkIsDead."""
    link = (
        OneTimeLink.objects.select_related("user").filter(digest=_digest(secret)).first()
        if secret
        else None
    )
    if link is None or not link.user.is_active or not link.is_good_at(timezone.now()):
        raise LinkIsDead(
            _("This link was used before, is too old or is not complete. Ask for a new one.")
        )
    return link


@transaction.atomic
def use_link(*, secret: str, password: str) -> User:
    """Set the password, which the caller has checked, and burn the link."""
    link = find_link(secret)
    now = timezone.now()
    # The condition decides between two who use it at the same moment.
    burnt = OneTimeLink.objects.filter(
        pk=link.pk, used_at__isnull=True, ended_at__isnull=True, expires_at__gt=now
    ).update(used_at=now)
    if not burnt:
        return find_link(secret).user  # raises: somebody was faster
    users.set_password(user=link.user, password=password, by=link.user)
    lockout.unlock(link.user)  # who forgot a password has often tried some
    audit.record(link.user, "link.use", link.user, after={"kind": link.kind})
    return link.user


# --- secrets --------------------------------------------------------------------------------------


def renew_secret(link: OneTimeLink) -> str:
    """Give a stored link a new secret, for the e-mail that is about to leave."""
    secret = _give_secret(link)
    link.save(update_fields=["digest", "issued_at", "expires_at"])
    return secret


def address_of(secret: str, base_url: str) -> str:
    return base_url.rstrip("/") + reverse("accounts:link", args=[secret])


def _give_secret(link: OneTimeLink) -> str:
    secret = secrets.token_urlsafe(32)
    hours = (
        settings.INVITATION_HOURS
        if link.kind == OneTimeLink.Kind.INVITATION
        else settings.RESET_LINK_HOURS
    )
    link.digest = _digest(secret)
    link.issued_at = timezone.now()
    link.expires_at = link.issued_at + timedelta(hours=hours)
    return secret


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- new accounts ---------------------------------------------------------------------------------


def _new_user(email: str, full_name: str, *, language: str, time_zone: str) -> User:
    first, _space, last = full_name.strip().partition(" ")
    user = User(
        username=_free_username(email), email=email, first_name=first[:150], last_name=last[:150]
    )
    if language:
        user.language = language
    if time_zone:
        user.time_zone = time_zone
    user.set_unusable_password()
    users.check(user)
    user.save()
    return user


def _free_username(email: str) -> str:
    """The part before the @, with a number where it is taken."""
    stem = re.sub(r"[^\w.+-]", "", email.partition("@")[0].lower())[:140] or "user"
    taken = set(User.objects.filter(username__istartswith=stem).values_list("username", flat=True))
    taken = {name.lower() for name in taken}
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}{number}"
    return name
