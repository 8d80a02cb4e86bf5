"""Which model serves: promote a version to champion or challenger, take the name back, retire."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from models_ml.models import Alias, ModelVersion
from models_ml.selectors import ethics_review_passed
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.audit import services as audit
from teamhub.errors import Conflict, InvalidInput, NotAllowed

MOST_REASON = 300


@transaction.atomic
def promote(
    version: ModelVersion, *, alias: str, by: User, reason: str, everywhere: bool = False
) -> Alias:
    """Let a version serve as champion or challenger, of its project or everywhere.

    A champion meets real users: the ethics review of its project must have been passed. The name
    moves; what held it before stays on record with its dates.
    """
    version = _locked(version, by)
    if alias not in Alias.Name.values:
        raise InvalidInput(
            _("A version is made champion or challenger, not “%(alias)s”.") % {"alias": alias[:40]},
            field="alias",
        )
    reason = _reason(reason)
    if everywhere and not permissions.is_administrator(by):
        raise NotAllowed(_("Only administrators choose the model that serves everywhere."))
    _require_fit(version)
    if alias == Alias.Name.CHAMPION:
        _require_ethics_review(version)
    scope = None if everywhere else version.project
    held = Alias.objects.select_for_update().filter(
        name=alias, project=scope, ended_at__isnull=True
    )
    before = held.first()
    if before is not None and before.version_id == version.pk:
        raise Conflict(_("This version already serves under that name."))
    if before is not None:
        _end(before, by)
    made = Alias.objects.create(
        name=alias, project=scope, version=version, set_by=by, reason=reason
    )
    if version.status != ModelVersion.Status.APPROVED:
        version.status = ModelVersion.Status.APPROVED
        version.save(update_fields=["status"])
    audit.record(
        by,
        "model.promote",
        version,
        before={"alias": alias, "version": before.version_id if before else None},
        after={"alias": alias, "version": version.pk, "project": scope.pk if scope else None},
        reason=reason,
    )
    return made


@transaction.atomic
def withdraw(alias: Alias, *, by: User, reason: str) -> Alias:
    """End an alias without a successor."""
    _locked(alias.version, by)
    if alias.project_id is None and not permissions.is_administrator(by):
        raise NotAllowed(_("Only administrators choose the model that serves everywhere."))
    reason = _reason(reason)
    fresh = Alias.objects.select_for_update().get(pk=alias.pk)
    if fresh.ended_at is not None:
        raise Conflict(_("This name has been taken back already."))
    _end(fresh, by)
    audit.record(by, "model.withdraw", fresh.version, before={"alias": fresh.name}, reason=reason)
    return fresh


@transaction.atomic
def retire(version: ModelVersion, *, by: User, reason: str) -> ModelVersion:
    """Close a version for good; one that serves must give its name back first."""
    version = _locked(version, by)
    reason = _reason(reason)
    if version.status == ModelVersion.Status.RETIRED:
        raise Conflict(_("This version is retired already."))
    if version.aliases.filter(ended_at__isnull=True).exists():
        raise Conflict(_("This version serves as champion or challenger; withdraw that first."))
    before = version.status
    version.status = ModelVersion.Status.RETIRED
    version.save(update_fields=["status"])
    audit.record(
        by,
        "model.retire",
        version,
        before={"status": before},
        after={"status": version.status},
        reason=reason,
    )
    return version


def require_decider(version: ModelVersion, by: User) -> None:
    if not version.may_be_decided_by(by):
        raise NotAllowed(
            _("Only the lead of its project, a deputy or an administrator decides on a model.")
        )


def _locked(version: ModelVersion, by: User) -> ModelVersion:
    require_decider(version, by)
    return (
        ModelVersion.objects.select_for_update(of=("self",))
        .select_related("project", "run")
        .get(pk=version.pk)
    )


def _reason(given: str) -> str:
    reason = given.replace("\0", "").strip()
    if not reason:
        raise InvalidInput(_("Say why; it stays on record."), field="reason")
    return reason[:MOST_REASON]


def _require_fit(version: ModelVersion) -> None:
    if version.status == ModelVersion.Status.RETIRED:
        raise Conflict(_("A retired version does not serve again; train a new one."))
    if version.run.is_degenerate:
        raise Conflict(_("This model is degenerate: it learnt nothing and may not serve."))


def _require_ethics_review(version: ModelVersion) -> None:
    if version.project is None:
        raise Conflict(
            _(
                "A champion needs a passed ethics review. This model belongs to no project; "
                "train it for one."
            ),
            code="no_ethics_review",
        )
    if not ethics_review_passed(version):
        raise Conflict(
            _("The ethics review of “%(project)s” (phase 7) is not closed yet.")
            % {"project": version.project},
            code="no_ethics_review",
        )


def _end(alias: Alias, by: User) -> None:
    alias.ended_at, alias.ended_by = timezone.now(), by
    alias.save(update_fields=["ended_at", "ended_by"])
