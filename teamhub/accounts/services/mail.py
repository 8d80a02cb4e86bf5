"""Send the links that wait for an e-mail. Called by the clock, never by a request.

So the answer to "I forgot my password" takes as long for a name that nobody has, and a mail server
that is down delays a link but loses none.
"""

from __future__ import annotations

import logging
import smtplib
from datetime import timedelta

from django.core.mail import send_mail
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from teamhub.accounts.models import OneTimeLink
from teamhub.accounts.services import links

logger = logging.getLogger(__name__)

MOST_TRIES = 6
FIRST_WAIT = timedelta(minutes=1)  # doubles with each try


def send_waiting() -> int:
    """Send what is due and return how many e-mails left."""
    if not links.sends_email():
        return 0
    due = OneTimeLink.objects.filter(
        next_try_at__lte=timezone.now(), used_at__isnull=True, ended_at__isnull=True
    )
    return sum(_send(link) for link in due.select_related("user").order_by("pk")[:50])


def _send(link: OneTimeLink) -> bool:
    if not _claim(link):
        return False
    secret = links.renew_secret(link)
    try:
        _deliver(link, links.address_of(secret, link.base_url))
    except (smtplib.SMTPException, OSError) as error:
        logger.warning("link %s was not sent (try %d): %s", link.pk, link.send_tries + 1, error)
        return False
    OneTimeLink.objects.filter(pk=link.pk).update(sent_at=timezone.now(), next_try_at=None)
    return True


def _claim(link: OneTimeLink) -> bool:
    """Take the try for this process: the next one is put off first, so no crash repeats it."""
    tries = link.send_tries + 1
    wait = FIRST_WAIT * 2 ** (tries - 1)
    later = timezone.now() + wait if tries < MOST_TRIES else None
    mine = OneTimeLink.objects.filter(pk=link.pk, next_try_at=link.next_try_at)
    return bool(mine.update(send_tries=F("send_tries") + 1, next_try_at=later))


def _deliver(link: OneTimeLink, address: str) -> None:
    with translation.override(link.user.language), timezone.override(link.user.time_zone):
        context = {"link": link, "address": address, "name": str(link.user)}
        invited = link.kind == OneTimeLink.Kind.INVITATION
        send_mail(
            _("Your invitation to TeamHub") if invited else _("A new password for TeamHub"),
            render_to_string("accounts/link_mail.txt", context),
            from_email=None,
            recipient_list=[link.user.email],
        )
