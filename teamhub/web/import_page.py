"""The import page of any set of importers: choose, preview, commit.

@login_required
def imports(request: HttpRequest) -> HttpResponse:
    kinds = [PeopleImporter, SkillImporter]
    return import_page(request, kinds, title=_("Import people"), back_url=reverse("..."))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from teamhub.errors import InvalidInput, NotAllowed
from teamhub.web import uploads
from teamhub.web.csv_import import CsvImporter, ImportResult

Kinds = dict[str, type[CsvImporter]]


@dataclass(frozen=True)
class Option:
    """A box beside the file; the preview hands it on to the import."""

    key: str
    label: str | Promise
    checked: bool


def import_page(
    request: HttpRequest,
    importers: Sequence[type[CsvImporter]],
    *,
    title: str | Promise,
    back_url: str,
    done_urls: Mapping[str, str] | None = None,
    template: str = "web/import.html",
    options: Sequence[Option] = (),
) -> HttpResponseBase:
    """Serve the whole dialogue to a user who is logged in; kinds that he may not use are hidden.

    After an import it leads to the address of its kind in `done_urls`, or else to `back_url`.
    `options` are boxes to tick; the caller reads them from `request.POST` and chooses importers.
    """
    kinds = _permitted(request, importers)
    context: dict[str, Any] = {
        "title": title,
        "back_url": back_url,
        "done_urls": done_urls or {},
        "kinds": list(kinds.values()),
        "options": options,
    }
    if request.method == "POST" and "token" in request.POST:
        return _commit(request, kinds, context, template)
    if request.method == "POST":
        return _preview(request, kinds, context, template)
    if wanted := request.GET.get("template"):
        return _kind(kinds, wanted).template()
    chosen = request.GET.get("kind", "")
    context["chosen"] = kinds.get(chosen, next(iter(kinds.values())))
    return render(request, template, context)


def _permitted(request: HttpRequest, importers: Sequence[type[CsvImporter]]) -> Kinds:
    kinds: Kinds = {}
    refusal: NotAllowed | None = None
    for importer in importers:
        try:
            importer(by=request.user).permit()
        except NotAllowed as error:
            refusal = error
        else:
            kinds[importer.kind] = importer
    if not kinds:
        raise refusal or NotAllowed(_("You may not import anything here."))
    return kinds


def _kind(kinds: Kinds, wanted: str) -> type[CsvImporter]:
    if wanted not in kinds:
        raise InvalidInput(
            _("There is no import of “%(kind)s”. Kinds: %(kinds)s.")
            % {"kind": wanted[:40], "kinds": ", ".join(kinds)}
        )
    return kinds[wanted]


def _preview(
    request: HttpRequest, kinds: Kinds, context: dict[str, Any], template: str
) -> HttpResponse:
    importer = _kind(kinds, request.POST.get("kind", ""))
    context["chosen"] = importer
    file = request.FILES.get("file")
    if file is None:
        context["file_error"] = _("Choose a file.")
        return render(request, template, context, status=422)
    # One byte more than is allowed is enough for the importer to refuse the file.
    data = file.read(settings.IMPORT_MAX_BYTES + 1)
    result = importer(by=request.user).preview(data, file.name or "")
    context["result"] = result
    if result.ok:
        context["token"] = uploads.keep(request.user, importer.kind, file.name or "", data)
    return render(request, template, context, status=200 if result.ok else 422)


def _commit(
    request: HttpRequest, kinds: Kinds, context: dict[str, Any], template: str
) -> HttpResponse:
    token = request.POST["token"]
    upload = uploads.take(request.user, token)
    importer = _kind(kinds, upload.kind)
    result = importer(by=request.user).commit(upload.data, upload.filename)
    if not result.committed:
        # The database has changed since the preview.
        context |= {"chosen": importer, "result": result}
        return render(request, template, context, status=422)
    uploads.drop(request.user, token)
    messages.success(request, _done(importer, result))
    return redirect(str(context["done_urls"].get(importer.kind, context["back_url"])))


def _done(importer: type[CsvImporter], result: ImportResult) -> str:
    counts = _("%(created)d created, %(updated)d updated, %(unchanged)d unchanged") % {
        "created": result.created,
        "updated": result.updated,
        "unchanged": result.unchanged,
    }
    lines = ngettext("%(count)d line read", "%(count)d lines read", result.rows)
    return f"{importer.title}: {lines % {'count': result.rows}}; {counts}."
