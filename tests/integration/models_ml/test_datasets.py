"""Data sets come in by page and program, or are refused in words and leave nothing behind."""

from __future__ import annotations

import gzip
import hashlib
import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from models_ml import uploads
from models_ml.models import Dataset
from teamhub.audit.models import AuditEvent
from tests.integration.models_ml.scene import (
    csv_file,
    make_dataset,
    make_run,
    program_file,
    table,
)

API = "/api/v1/models/datasets/"
PAGE = "/models/datasets/upload/"


def send(api: Any, text: str | bytes, **fields: Any) -> Any:
    return api.post(API, {"file": program_file(text), **fields}, format="multipart")


@pytest.mark.usefixtures("own_process")
def test_a_program_uploads_and_reads_what_was_found(cast: Any, api_for: Any) -> None:
    text = table(150)
    answer = send(api_for(cast.ml), text, name="Clicks")

    body = answer.json()
    positive = sum(line.endswith(",1") for line in text.splitlines())
    assert answer.status_code == 201
    assert body["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert (body["rows"], body["columns"]) == (150, 3)
    assert body["positive_share"] == pytest.approx(positive / 150)
    assert [one["name"] for one in body["schema"]] == ["near", "far"]
    dataset = Dataset.objects.get()
    assert dataset.path.read_text() == text
    event = AuditEvent.objects.get(verb="dataset.upload")
    assert event.after == {"sha256": body["sha256"], "rows": 150, "label": "label"}


def test_the_same_file_is_kept_once(cast: Any, api_for: Any, left: Any) -> None:
    first = send(api_for(cast.ml), table(), name="One")
    again = send(api_for(cast.ada), table(), name="Two")

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["id"] == first.json()["id"]
    assert Dataset.objects.get().name == "One"
    assert len(left()) == 1


def test_a_packed_file_is_the_same_data_set(cast: Any, api_for: Any, left: Any) -> None:
    first = send(api_for(cast.ml), gzip.compress(table().encode()))
    again = send(api_for(cast.ml), table())

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["sha256"] == hashlib.sha256(table().encode()).hexdigest()
    assert len(left()) == 1


def test_the_same_bytes_with_another_label_are_another_data_set(cast: Any, api_for: Any) -> None:
    lines = [f"{line},{number % 2}" for number, line in enumerate(table().splitlines()[1:])]
    text = "near,far,clicked,late\n" + "\n".join(lines) + "\n"

    first = send(api_for(cast.ml), text, label="clicked")
    second = send(api_for(cast.ml), text, label="late")

    assert (first.status_code, second.status_code) == (201, 201)
    assert Dataset.objects.count() == 2


HOSTILE: dict[str, tuple[Any, ...]] = {
    # What is wrong: file, code, row, column, words.
    "no label": ("a,b\n1,0\n", "no_label", 1, None, "No column is named “label”"),
    "a word": (
        table().replace("near,far,label\n", "near,far,label\n1,two,0\n", 1),
        "non_numeric",
        2,
        "far",
        "“two” is not a number",
    ),
    "one class": (
        "a,label\n" + "".join(f"{n},1\n" for n in range(99)),
        "one_class",
        None,
        "label",
        "Every label is 1",
    ),
    "NaN": (table() + "nan,1,1\n", "not_finite", 202, "near", "is not a finite number"),
    "infinity": (table() + "1,-inf,1\n", "not_finite", 202, "far", "is not a finite number"),
    "nothing": ("", "empty", None, None, "The file is empty"),
    "bytes": (b"\x00\x01\x02\xff", None, None, None, ""),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_in_words_and_leaves_nothing(
    what: str, cast: Any, api_for: Any, left: Any
) -> None:
    file, code, row, column, words = HOSTILE[what]

    answer = send(api_for(cast.ml), file)

    body = answer.json()
    assert answer.status_code == 422
    assert words in body["reason"]
    assert body["error"]["message"] == body["reason"]
    if code:
        assert (body["error"]["code"], body["row"], body["column"]) == (code, row, column)
    assert left() == []
    assert not Dataset.objects.exists()


def test_a_file_over_the_limit_is_refused_and_read_to_its_end(
    cast: Any, api_for: Any, left: Any, settings: Any
) -> None:
    settings.DATASET_MAX_MB = 1

    answer = send(api_for(cast.ml), table() + "0.25,-0.5,0\n" * 90_000)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "too_many_bytes"
    assert "more than 1 MB" in answer.json()["reason"]
    assert left() == []


def test_a_packed_file_that_grows_over_the_limit_is_refused(
    cast: Any, api_for: Any, left: Any, settings: Any
) -> None:
    settings.DATASET_MAX_MB = 1
    bomb = gzip.compress(b"near,far,label\n" + b"1.25,0.5,1\n" * 200_000)
    assert len(bomb) < 100_000

    answer = send(api_for(cast.ml), bomb)

    assert answer.json()["error"]["code"] == "too_many_bytes"
    assert left() == []


def test_while_a_large_file_comes_in_it_is_on_the_disk_and_not_in_memory(
    cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[tuple[int, int]] = []
    take = uploads.IncomingFile.take

    def watched(file: uploads.IncomingFile, chunk: bytes) -> None:
        take(file, chunk)
        sizes.append((len(chunk), file.path.stat().st_size))

    monkeypatch.setattr(uploads.IncomingFile, "take", watched)
    handler = uploads.DatasetUpload(None)
    handler.new_file("file", "big.csv", "text/csv", None)
    chunk = b"x" * 65536
    for start in range(0, 32 * len(chunk), len(chunk)):
        handler.receive_data_chunk(chunk, start)
    file = handler.file_complete(32 * len(chunk))

    assert sizes[-1][1] >= 31 * 65536
    assert file.sha256 == hashlib.sha256(chunk * 32).hexdigest()
    file.close()
    assert not file.path.exists()


def test_an_upload_that_breaks_off_leaves_nothing(left: Any) -> None:
    handler = uploads.DatasetUpload(None)
    handler.new_file("file", "big.csv", "text/csv", None)
    handler.receive_data_chunk(b"near,far", 0)
    assert len(left()) == 1

    handler.upload_interrupted()

    assert left() == []


def test_what_a_killed_process_left_is_swept_after_an_hour(left: Any) -> None:
    old, new = (uploads.incoming_folder() / name for name in ("upload-old", "upload-new"))
    inspected = uploads.incoming_folder() / "inspect-old"
    inspected.mkdir()
    for path in (old, new, inspected / "job.json"):
        path.write_text("x")
    ago = time.time() - 2 * uploads.FORGOTTEN_SECONDS
    os.utime(old, (ago, ago))
    os.utime(inspected, (ago, ago))

    uploads.sweep()

    assert left() == ["upload-new"]


@pytest.mark.parametrize("who", ["bo", "plan", "vi", "rev", "boss", "owner", "api", "cy"])
def test_who_may_not_train_uploads_nothing(
    who: str, cast: Any, api_for: Any, client_for: Any, left: Any
) -> None:
    user = getattr(cast, who)

    assert send(api_for(user), table()).status_code == 403
    assert client_for(user).get(PAGE).status_code == 403
    assert client_for(user).post(PAGE, {"file": csv_file(table())}).status_code == 403
    assert left() == []


def test_who_is_not_logged_in_uploads_nothing(client: Client, left: Any) -> None:
    assert client.post(API, {"file": csv_file(table())}).status_code == 401
    assert client.post(PAGE, {"file": csv_file(table())}).status_code == 302
    assert left() == []


def test_the_upload_page_needs_the_forms_secret(cast: Any, left: Any) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.ml, backend="django.contrib.auth.backends.ModelBackend")

    answer = browser.post(PAGE, {"file": csv_file(table()), "label": "label"})

    assert answer.status_code == 403
    assert left() == []


def test_the_page_takes_a_file_and_goes_to_its_data_set(cast: Any, client_for: Any) -> None:
    answer = client_for(cast.ml).post(PAGE, {"file": csv_file(table()), "label": "label"})

    dataset = Dataset.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/models/datasets/{dataset.pk}/")
    assert dataset.name == "clicks"  # as its file
    page = client_for(cast.ml).get(answer["Location"]).content.decode()
    assert dataset.sha256 in page
    assert "<code>near</code>" in page


@pytest.mark.usefixtures("own_process")
def test_the_page_says_row_column_and_reason(cast: Any, client_for: Any, left: Any) -> None:
    text = table().replace("near,far,label\n", "near,far,label\n1,two,0\n", 1)

    answer = client_for(cast.ml).post(PAGE, {"file": csv_file(text), "label": "label"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<dd>2</dd>" in page
    assert "<dd>far</dd>" in page
    assert "“two” is not a number" in page
    assert left() == []


@pytest.mark.parametrize("label", [" ", "x" * 121])
def test_a_bad_label_is_refused_before_the_file_is_read(
    label: str, cast: Any, api_for: Any, client_for: Any, left: Any
) -> None:
    assert send(api_for(cast.ml), table(), label=label).status_code == 400
    answer = client_for(cast.ml).post(PAGE, {"file": csv_file(table()), "label": label})
    assert answer.status_code == 422
    assert left() == []


def test_no_file_is_said(cast: Any, api_for: Any, client_for: Any) -> None:
    assert api_for(cast.ml).post(API, {"name": "x"}, format="multipart").status_code == 400
    answer = client_for(cast.ml).post(PAGE, {"label": "label"})
    assert answer.status_code == 422
    assert "Choose a file." in answer.content.decode()


def test_data_sets_are_seen_by_those_who_read_all_and_through_runs_of_ones_own(
    cast: Any, api_for: Any
) -> None:
    seen, other = make_dataset(cast.ml, name="Seen"), make_dataset(cast.ml, name="Other")
    make_run(cast.bo, dataset=seen)

    def names(user: Any) -> list[str]:
        return sorted(row["name"] for row in api_for(user).get(API).json()["results"])

    for user in (cast.admin, cast.ada, cast.ml, cast.plan, cast.boss, cast.vi):
        assert names(user) == ["Other", "Seen"]
    assert names(cast.bo) == ["Seen"]
    assert names(cast.cy) == []
    assert api_for(cast.bo).get(f"{API}{other.pk}/").status_code == 404
    assert api_for(cast.bo).get(f"{API}{seen.sha256}/").json()["id"] == seen.pk


def test_the_list_needs_few_queries_and_filters(
    cast: Any, client_for: Any, django_assert_max_num_queries: Any
) -> None:
    for name in ("Clicks", "Churn", "Clickers"):
        make_dataset(cast.ml, name=name)
    browser = client_for(cast.ml)

    with django_assert_max_num_queries(8):
        page = browser.get("/models/datasets/?q=click").content.decode()

    assert "Clickers" in page
    assert "Churn" not in page
    export = b"".join(browser.get("/models/datasets/?format=csv")).decode()
    assert len(export.splitlines()) == 4


def test_the_file_of_a_lost_data_set_comes_back_with_an_upload(cast: Any, api_for: Any) -> None:
    send(api_for(cast.ml), table())
    dataset = Dataset.objects.get()
    dataset.path.unlink()

    assert send(api_for(cast.ml), table()).status_code == 200

    assert Path(dataset.path).read_text() == table()
