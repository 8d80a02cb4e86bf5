"""Weights that managers keep under a name."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Project, WeightProfile
from projects.services.staffing_scope import clean_weights
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, NotAllowed

MOST_NAME = 60
MOST_PROFILES = 50  # of one person


@transaction.atomic
def save_profile(
    *, name: str, weights: dict[str, Any], shared: bool, by: User
) -> tuple[WeightProfile, bool]:
    """Keep weights under a name; one's own profile of that name takes the new ones.

    Returns the profile and whether it is new.
    """
    if not Project.objects.editable_by(by).exists():
        raise NotAllowed(_("Only who may staff a project keeps weights."))
    name = _clean_name(name)
    values = clean_weights(weights)
    own = WeightProfile.objects.filter(owner=by)
    before = own.filter(name=name).first()
    if before is None and own.count() >= MOST_PROFILES:
        raise InvalidInput(
            _("You keep %(most)d profiles already; delete one first.") % {"most": MOST_PROFILES}
        )
    profile, made = WeightProfile.objects.update_or_create(
        owner=by, name=name, defaults={"weights": values, "shared": shared}
    )
    audit.record(
        by,
        "weight_profile.save",
        profile,
        before=None if before is None else _state(before),
        after=_state(profile),
    )
    return profile, made


@transaction.atomic
def change_profile(
    profile: WeightProfile,
    *,
    by: User,
    name: str | None = None,
    weights: dict[str, Any] | None = None,
    shared: bool | None = None,
) -> WeightProfile:
    """Rename one's own profile, share it or not, or give it other weights."""
    if profile.owner_id != by.pk:
        raise NotAllowed(_("Only its owner changes a profile."))
    profile = WeightProfile.objects.select_for_update(of=("self",)).get(pk=profile.pk)
    before = _state(profile)
    if name is not None:
        profile.name = _clean_name(name)
        others = WeightProfile.objects.filter(owner=by, name=profile.name).exclude(pk=profile.pk)
        if others.exists():
            raise Conflict(
                _("You keep a profile called “%(name)s” already.") % {"name": profile.name},
                code="name_taken",
            )
    if weights is not None:
        profile.weights = clean_weights(weights)
    if shared is not None:
        profile.shared = shared
    profile.save()
    audit.record(by, "weight_profile.save", profile, before=before, after=_state(profile))
    return profile


def _clean_name(name: str) -> str:
    name = " ".join(name.replace("\0", "").split())
    if not name:
        raise InvalidInput(_("Give the profile a name."))
    if len(name) > MOST_NAME:
        raise InvalidInput(_("The name has more than %(most)d letters.") % {"most": MOST_NAME})
    return name


def _state(profile: WeightProfile) -> dict[str, Any]:
    return {"name": profile.name, "weights": profile.weights, "shared": profile.shared}


@transaction.atomic
def delete_profile(profile: WeightProfile, *, by: User) -> None:
    """Forget one's own profile; proposals made with it keep their weights."""
    if profile.owner_id != by.pk:
        raise NotAllowed(_("Only its owner deletes a profile."))
    audit.record(
        by,
        "weight_profile.delete",
        profile,
        before=_state(profile),
    )
    profile.delete()
