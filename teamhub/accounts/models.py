"""Who logs in, with which tokens, and by which links they set a password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken
from knox.settings import CONSTANTS

from teamhub.accounts.time_zones import validate_time_zone

SCOPES = [
    ("read", _("Read")),
    ("write", _("Change")),
    ("money", _("See rates, budgets and costs")),
]


class User(AbstractUser):  # type: ignore[django-manager-missing]  # knox has no types
    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        CHINESE = "zh-hans", "简体中文"

    language = models.CharField(
        _("language"), max_length=7, choices=Language, default=Language.ENGLISH
    )
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="UTC", validators=[validate_time_zone]
    )

    class Meta(AbstractUser.Meta):
        ordering = ["username"]
        constraints = [
            # An invitation and a forgotten password are answered to an address.
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="user_email_unique"
            ),
            models.CheckConstraint(
                condition=Q(language__in=["en", "zh-hans"]), name="user_language_known"
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def is_invited(self) -> bool:
        """Has an account, but has not set a password yet."""
        return not self.has_usable_password()


class ApiToken(AbstractAuthToken):
    """A program's key: its owner's rights, cut to the scopes. Only a digest is stored."""

    # Knox takes the digest as the key of the row; then it would stand in addresses and logs.
    id = models.BigAutoField(primary_key=True)
    digest = models.CharField(max_length=CONSTANTS.DIGEST_LENGTH, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80, default="")
    scopes = models.JSONField(_("scopes"), default=list)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        ordering = ["-created", "-pk"]

    def __str__(self) -> str:
        return self.name or f"#{self.pk}"

    @property
    def has_expired(self) -> bool:
        return self.expiry is not None and self.expiry <= timezone.now()

    @property
    def state(self) -> str:
        """One of active, expired, revoked."""
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.has_expired else "active"


class OneTimeLink(models.Model):
    """A link by which somebody sets a password, once and not for long.

    It is asked for (no digest), issued (by hand, or with the e-mail that carries it), then used or
    ended. Only the digest of its secret is stored.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        RESET = "reset", _("new password")

    user = models.ForeignKey(User, models.CASCADE, related_name="links")
    kind = models.CharField(max_length=10, choices=Kind)
    digest = models.CharField(max_length=64, blank=True, editable=False)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="+"
    )  # none: somebody who could not log in
    base_url = models.CharField(max_length=200, blank=True)  # where the e-mail's link leads
    issued_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)  # replaced by a newer one
    send_tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)  # set: to be sent by e-mail
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(used_at__isnull=True, ended_at__isnull=True),
                name="one_open_link_per_user",
            ),
            models.UniqueConstraint(
                fields=["digest"], condition=~Q(digest=""), name="link_secret_unique"
            ),
            models.CheckConstraint(
                condition=Q(digest="") | Q(issued_at__isnull=False),
                name="link_with_a_secret_was_issued",
            ),
            models.CheckConstraint(
                condition=Q(digest="") | Q(expires_at__gt=F("issued_at")),
                name="link_expires_after_issue",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="link_to_send",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.user}"

    def is_good_at(self, moment: datetime) -> bool:
        """Whether it opens the door at this moment."""
        return (
            self.used_at is None
            and self.ended_at is None
            and self.expires_at is not None
            and moment < self.expires_at
        )
