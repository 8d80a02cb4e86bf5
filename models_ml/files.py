"""Hand out the files of a model version, checked against what was recorded."""

from __future__ import annotations

import hashlib

from django.http import FileResponse, Http404
from django.utils.translation import gettext as _

from models_ml.models import ModelVersion
from teamhub.accounts.models import User
from teamhub.errors import Conflict, NotAllowed


def file_response(version: ModelVersion, name: str, *, by: User) -> FileResponse:
    """Stream one file; refuses when it is not there or is no longer the one that was recorded."""
    if not version.may_be_taken_by(by):
        raise NotAllowed(
            _("Only ML engineers, managers and those who decide on the model take its files.")
        )
    recorded = version.file(name)
    if recorded is None:
        raise Http404
    try:
        file = (version.folder / name).open("rb")
    except FileNotFoundError:
        raise Conflict(
            _("The file is not on this host. Share the folder “models” between web and workers."),
            code="file_missing",
        ) from None
    if hashlib.file_digest(file, "sha256").hexdigest() != recorded["sha256"]:
        file.close()
        raise Conflict(
            _("The file is not the one that was recorded: its fingerprint differs."),
            code="file_changed",
        )
    file.seek(0)
    stem, _dot, ending = name.partition(".")
    called = f"{version.recipe}-{version.number}-{stem}.{ending}"
    return FileResponse(
        file, as_attachment=True, filename=called, content_type="application/octet-stream"
    )
