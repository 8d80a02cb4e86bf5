"""What the kernel tells and leaves, as rows and files."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from models_ml.models import EpochMetric, ModelVersion, TrainingRun
from projects import registry
from projects.registry import DeviceUse
from teamhub.audit import services as audit
from teamhub.kernel.child import KernelBug

_CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "val_auc")
# Columns of their own, or files.
_NOT_REPORTED = {"history", "folder", "files", "metrics", "baselines", "weights_sha256"}
CARD = "model_card.md"
NUMBERING_TRIES = 20


def record_line(run: TrainingRun, line: dict[str, Any]) -> None:
    """One epoch, or a baseline: the bar that the curves of the page are held against."""
    kind = line.get("type")
    if kind == "epoch":
        EpochMetric.objects.create(
            run=run,
            attempt=run.attempt,
            step=line["epoch"],
            seconds=line["seconds"],
            restored=bool(line.get("restored")),
            **{name: line.get(name) for name in _CURVES},
        )
    elif kind == "baseline":
        run.baselines[line["name"]] = {
            name: line.get(name) for name in ("accuracy", "auc", "log_loss")
        }
        run.save(update_fields=["baselines"])


def store_training(run: TrainingRun, result: dict[str, Any]) -> None:
    """Write the figures and the model version; the caller's transaction sets SUCCEEDED."""
    usage = result["usage"]
    device = usage["devices"][0] if usage["devices"] else {}
    run.metrics, run.baselines = result["metrics"], result["baselines"]
    run.quality, run.quality_code = result["status"], result["status_code"]
    run.quality_details = result["reason_details"]
    run.weights_sha256 = result["weights_sha256"]
    run.device = _name_of(device)
    run.device_seconds = usage["device_seconds"]
    run.report = {key: value for key, value in result.items() if key not in _NOT_REPORTED}
    run.save(
        update_fields=[
            "metrics",
            "baselines",
            "quality",
            "quality_code",
            "quality_details",
            "weights_sha256",
            "device",
            "device_seconds",
            "report",
        ]
    )
    version = _make_version(run, result)
    audit.record(
        run.requested_by,
        "model.make",
        version,
        after={"weights_sha256": version.weights_sha256, "quality": run.quality},
        run=run,
    )
    _tell_device_use(run)


def _name_of(device: dict[str, Any]) -> str:
    """What was busy; a processor's name alone does not say that it is one."""
    name, kind = str(device.get("name") or ""), str(device.get("kind") or "")
    if kind == "cpu" and "cpu" not in name.lower():
        name = f"CPU {name}".strip()
    return (name or kind)[:120]


def _make_version(run: TrainingRun, result: dict[str, Any]) -> ModelVersion:
    source = Path(result["folder"])
    files = [{"name": name, **about} for name, about in sorted(result["files"].items())]
    card = source / CARD
    version = ModelVersion(
        run=run,
        project=run.project,
        recipe=run.recipe,
        weights_sha256=run.weights_sha256,
        seed=run.seed,
        code_version=run.code_version,
        library_versions=result["versions"],
        files=files,
        card=card.read_text("utf-8") if card.exists() else "",
    )
    _number(version)
    _keep_files(source, version)
    return version


def _number(version: ModelVersion) -> None:
    """Save under the next free number; of two that end at once the later one takes one more."""
    taken = ModelVersion.objects.filter(project=version.project, recipe=version.recipe)
    for _try in range(NUMBERING_TRIES):
        version.number = (taken.aggregate(last=Max("number"))["last"] or 0) + 1
        try:
            with transaction.atomic():
                version.save(force_insert=True)
        except IntegrityError:
            continue
        return
    raise RuntimeError(f"no free number for {version.recipe} after {NUMBERING_TRIES} tries")


def _keep_files(source: Path, version: ModelVersion) -> None:
    """Copy the model's files; what was recorded is what lies there."""
    folder = version.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in version.files:
        target = folder / one["name"]
        part = target.with_name(f".{one['name']}.part")
        shutil.copyfile(source / one["name"], part)
        if sha256_of(part) != one["sha256"]:
            raise KernelBug(f"{one['name']} is not the file that the kernel wrote")
        part.replace(target)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _tell_device_use(run: TrainingRun) -> None:
    """Report the measured use to whoever owns the workload."""
    if not run.workload_key:
        return
    registry.devices_used(
        DeviceUse(
            workload=run.workload_key,
            source=f"training:{run.pk}",
            device_seconds=run.device_seconds or 0.0,
            device=run.device,
            started_at=run.started_at or run.created_at,
            ended_at=timezone.now(),
        ),
        run.requested_by,
    )
