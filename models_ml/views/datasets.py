"""The list of data sets, the upload, a data set's page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from models_ml import rights
from models_ml.forms import DatasetForm
from models_ml.inspection import DatasetRefused
from models_ml.models import Dataset, TrainingRun
from models_ml.services import datasets as service
from models_ml.uploads import DatasetUpload
from models_ml.words import COLUMN_KINDS, warnings_in_words
from teamhub.errors import InvalidInput
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import Column, Listing

SHOWN_RUNS = 20


@require_safe
@login_required
def dataset_list(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        Dataset.objects.visible_to(request.user).select_related("uploaded_by"),
        columns=[
            Column("name", _("Data set"), order="name"),
            Column("rows", _("Rows"), order="rows", numeric=True),
            Column("n_columns", _("Columns"), numeric=True),
            Column(
                "positive_share",
                _("Label 1"),
                order="positive_share",
                value=lambda one: f"{one.positive_share:.4f}",
            ),
            Column("sha256", _("Fingerprint"), shown=False),
            Column("uploaded_by", _("Uploaded by"), value=lambda one: one.uploaded_by.username),
            Column("created_at", _("Uploaded"), order="created_at"),
        ],
        search=["name", "sha256"],
        default_sort="-created_at",
        root="dataset-list",
    )
    if listing.wants_csv:
        return listing.csv("datasets.csv")
    context = {"listing": listing, "may_train": rights.may_train(request.user)}
    return page_or_fragment(
        request,
        "models/dataset_list.html",
        "models/_dataset_list.html",
        context,
        root="dataset-list",
    )


@csrf_exempt  # the check would read the body before it is known where the file goes
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dataset_upload(request: HttpRequest) -> HttpResponse:
    service.require_uploader(request.user)
    if request.method == "POST":
        request.upload_handlers = [DatasetUpload(request)]
    response: HttpResponse = _upload(request)
    return response


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return render(request, "models/dataset_upload.html", {"form": DatasetForm()})
    form = DatasetForm(request.POST, request.FILES)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        file: Any = form.cleaned_data["file"]
        name = form.cleaned_data["name"] or service.name_of(file)
        try:
            dataset, made = service.take_dataset(
                file, name=name, label=form.cleaned_data["label"], by=request.user
            )
        except DatasetRefused as refusal:
            context["refusal"] = refusal
        except InvalidInput as error:
            field = error.details.get("field")
            form.add_error(field if field in form.fields else None, str(error))
        else:
            done = _("The data set is checked and kept.")
            messages.success(request, done if made else _("This file was here already."))
            return redirect(dataset)
        finally:
            file.close()
    return render(request, "models/dataset_upload.html", context, status=422)


@require_safe
@login_required
def dataset_detail(request: HttpRequest, pk: int) -> HttpResponse:
    visible = Dataset.objects.visible_to(request.user).select_related("uploaded_by")
    dataset = get_object_or_404(visible, pk=pk)
    runs = TrainingRun.objects.visible_to(request.user).filter(dataset=dataset)
    context = {
        "dataset": dataset,
        "columns": [_column(one) for one in dataset.schema],
        "warnings": warnings_in_words(dataset.warnings),
        "runs": runs.select_related("dataset", "requested_by")[:SHOWN_RUNS],
        "may_train": rights.may_train(request.user),
    }
    return render(request, "models/dataset_detail.html", context)


def _column(facts: dict[str, Any]) -> dict[str, Any]:
    return facts | {"kind_name": COLUMN_KINDS.get(facts["kind"], facts["kind"])}
