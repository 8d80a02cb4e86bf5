"""Weights that managers keep under a name."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from projects.models import Project, WeightProfile
from projects.services.staffing import clean_weights
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import InvalidInput, NotAllowed

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
    name = " ".join(name.split())
    if not name:
        raise InvalidInput(_("Give the profile a name."))
    if len(name) > MOST_NAME:
        raise InvalidInput(_("The name has more than %(most)d letters.") % {"most": MOST_NAME})
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
        before=None if before is None else {"weights": before.weights, "shared": before.shared},
        after={"weights": values, "shared": shared},
    )
    return profile, made


@transaction.atomic
def delete_profile(profile: WeightProfile, *, by: User) -> None:
    """Forget one's own profile; proposals made with it keep their weights."""
    if profile.owner_id != by.pk:
        raise NotAllowed(_("Only its owner deletes a profile."))
    audit.record(
        by,
        "weight_profile.delete",
        profile,
        before={"weights": profile.weights, "shared": profile.shared},
    )
    profile.delete()
