"""Give people a log-in, one or many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from roles.models import Person
from roles.services import tracked
from teamhub.accounts.groups import Group
from teamhub.accounts.models import User
from teamhub.accounts.services import links, users
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput

MOST = 500  # people in one go


@dataclass(frozen=True)
class Invited:
    """What became of one person: a link to hand over, sent by e-mail, or the reason why not."""

    person: Person
    link: str = ""
    refusal: str = ""
    joined: bool = False  # an account with this e-mail address was there and is now theirs


def invite_people(
    *, people: Iterable[Person], group: str, by: User, base_url: str = ""
) -> list[Invited]:
    """Invite everybody who can be invited; each stands alone, so one refusal stops nobody else."""
    users.require_administrator(by)
    wanted: Sequence[Person] = list(people)
    if not wanted:
        raise InvalidInput(_("Choose at least one person."))
    if len(wanted) > MOST:
        raise InvalidInput(_("At most %(most)d people at once.") % {"most": MOST})
    if group not in {one.value for one in Group} - {Group.ADMINISTRATOR}:
        raise InvalidInput(_("“%(group)s” is no group to invite to.") % {"group": group[:40]})
    done = []
    for person in wanted:
        try:
            done.append(_invite(person, group=group, by=by, base_url=base_url))
        except (InvalidInput, Conflict) as error:
            done.append(Invited(person, refusal=str(error)))
    return done


@transaction.atomic
def _invite(person: Person, *, group: str, by: User, base_url: str) -> Invited:
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.user is not None and not person.user.is_invited:
        raise Conflict(
            _("%(name)s already logs in as “%(username)s”.")
            % {"name": person.name, "username": person.user.username}
        )
    if not person.email:
        raise InvalidInput(_("%(name)s has no e-mail address.") % {"name": person.name})
    account = User.objects.filter(email__iexact=person.email, is_active=True).first()
    if person.user is None and account is not None and not account.is_invited:
        join(person, account, by)
        return Invited(person, joined=True)
    link, address = links.invite(
        email=person.email,
        full_name=person.name,
        groups=[group],
        by=by,
        base_url=base_url,
        time_zone=person.time_zone,
    )
    if person.user_id is None:
        join(person, link.user, by)
    return Invited(person, link=address)


def join(person: Person, user: User, by: User) -> None:
    other = Person.objects.filter(user=user).first()
    if other is not None:
        raise Conflict(
            _("The e-mail address of %(name)s belongs to the log-in of %(other)s.")
            % {"name": person.name, "other": other.name}
        )
    person.user = user
    person.version += 1
    tracked.save(person, by=by)
    audit.record(by, "person.invite", person, after={"user": user.username})
