"""Model versions: their files, who lets one serve, and what stands in the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from models_ml.models import Alias, ModelVersion
from models_ml.services import versions
from teamhub.audit.models import AuditEvent
from teamhub.errors import Conflict, InvalidInput, NotAllowed
from tests.integration.models_ml import scene

pytestmark = pytest.mark.both_databases

API = "/api/v1/models/versions/"


@pytest.fixture
def reviewed(project: Any) -> Any:
    """The project after its ethics review."""
    project.phases.filter(key="ethics").update(closed_at=timezone.now(), closed_by=project.lead)
    return project


@pytest.fixture
def version(cast: Any, project: Any, tmp_path: Path) -> ModelVersion:
    return scene.make_version(tmp_path, cast.ml, project=project)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


# --- files ----------------------------------------------------------------------------------------


def test_the_files_of_a_version_are_taken_as_they_were_written(
    cast: Any, version: ModelVersion, api_for: Any, client_for: Any
) -> None:
    page = client_for(cast.ml).get(f"/models/versions/{version.pk}/files/model.keras")
    program = api_for(cast.ml).get(f"{API}{version.pk}/files/model.keras/")

    written = (version.folder / "model.keras").read_bytes()
    assert body(page) == body(program) == written
    assert program["Content-Disposition"] == 'attachment; filename="seed-mlp-1-model.keras"'


def test_a_file_that_changed_on_disk_is_not_handed_out(
    cast: Any, version: ModelVersion, api_for: Any
) -> None:
    (version.folder / "model.keras").write_bytes(b"another model")
    (version.folder / "weights.npz").unlink()
    read = api_for(cast.ml)

    changed = read.get(f"{API}{version.pk}/files/model.keras/")
    missing = read.get(f"{API}{version.pk}/files/weights.npz/")

    assert (changed.status_code, changed.json()["error"]["code"]) == (409, "file_changed")
    assert (missing.status_code, missing.json()["error"]["code"]) == (409, "file_missing")


@pytest.mark.parametrize("name", ["other.txt", "..", "%2e%2e%2f", ".model.keras.part"])
def test_what_is_not_recorded_is_not_found(
    name: str, cast: Any, version: ModelVersion, api_for: Any
) -> None:
    assert api_for(cast.ml).get(f"{API}{version.pk}/files/{name}/").status_code == 404


def test_files_are_for_those_who_train_or_decide(
    cast: Any, version: ModelVersion, api_for: Any
) -> None:
    address = f"{API}{version.pk}/files/model.keras/"
    found = {}
    for name in ("admin", "ada", "ml", "plan", "vi", "boss", "bo", "cy"):
        answer = api_for(getattr(cast, name)).get(address)
        found[name] = answer.status_code
        if answer.streaming:
            body(answer)  # to its end: a file must not stay open

    assert found == {
        "admin": 200,
        "ada": 200,
        "ml": 200,
        "plan": 403,
        "vi": 403,
        "boss": 403,
        "bo": 404,
        "cy": 404,
    }


# --- serving --------------------------------------------------------------------------------------


def test_a_champion_needs_the_ethics_review_of_its_project(
    cast: Any, project: Any, version: ModelVersion, api_for: Any
) -> None:
    address, wish = f"{API}{version.pk}/promote/", {"alias": "champion", "reason": "Best so far."}

    early = api_for(cast.ada).post(address, wish)
    project.phases.filter(key="ethics").update(closed_at=timezone.now(), closed_by=project.lead)
    then = api_for(cast.ada).post(address, wish)

    assert (early.status_code, early.json()["error"]["code"]) == (409, "no_ethics_review")
    assert "phase 7" in early.json()["error"]["message"]
    assert then.status_code == 200
    assert (then.json()["status"], then.json()["aliases"][0]["name"]) == ("approved", "champion")
    event = AuditEvent.objects.get(verb="model.promote")
    after: Any = event.after
    assert (event.reason, after["version"]) == ("Best so far.", version.pk)


def test_a_challenger_needs_no_review(cast: Any, version: ModelVersion) -> None:
    made = versions.promote(version, alias="challenger", by=cast.ada, reason="Try it.")

    assert (made.version, made.project) == (version, version.project)


def test_the_name_moves_and_the_one_before_stays_on_record(
    cast: Any, reviewed: Any, tmp_path: Path
) -> None:
    first, second = (scene.make_version(tmp_path, cast.ml, project=reviewed) for _ in range(2))
    versions.promote(first, alias="champion", by=cast.ada, reason="First.")

    versions.promote(second, alias="champion", by=cast.ada, reason="Better.")

    ended, current = Alias.objects.order_by("pk")
    assert (ended.version, ended.ended_by) == (first, cast.ada)
    assert ended.ended_at is not None
    assert (current.version, current.ended_at, current.reason) == (second, None, "Better.")
    versions.promote(first, alias="champion", by=cast.ada, reason="Back: the second one drifts.")
    assert Alias.objects.get(ended_at=None).version == first


def test_every_project_has_a_champion_of_its_own_and_one_serves_everywhere(
    cast: Any, reviewed: Any, tmp_path: Path
) -> None:
    version = scene.make_version(tmp_path, cast.ml, project=reviewed)
    versions.promote(version, alias="champion", by=cast.ada, reason="Here.")
    with pytest.raises(NotAllowed, match="Only administrators"):
        versions.promote(
            version, alias="champion", by=cast.ada, reason="Everywhere.", everywhere=True
        )

    everywhere = versions.promote(
        version, alias="champion", by=cast.admin, reason="Everywhere.", everywhere=True
    )

    assert everywhere.project is None
    assert Alias.objects.filter(ended_at=None).count() == 2


def test_a_model_that_learnt_nothing_never_serves(cast: Any, reviewed: Any, tmp_path: Path) -> None:
    version = scene.make_version(tmp_path, cast.ml, project=reviewed, values=scene.degenerate())

    with pytest.raises(Conflict, match="degenerate"):
        versions.promote(version, alias="challenger", by=cast.ada, reason="Why not.")


def test_a_model_of_no_project_is_no_champion(cast: Any, tmp_path: Path) -> None:
    version = scene.make_version(tmp_path, cast.ml)

    with pytest.raises(Conflict, match="belongs to no project"):
        versions.promote(version, alias="champion", by=cast.admin, reason="Best.")


@pytest.mark.parametrize("who", ["ml", "plan", "vi", "boss"])
def test_who_does_not_lead_the_project_decides_nothing(
    who: str, cast: Any, version: ModelVersion, api_for: Any, client_for: Any
) -> None:
    user, wish = getattr(cast, who), {"alias": "challenger", "reason": "Mine."}

    assert api_for(user).post(f"{API}{version.pk}/promote/", wish).status_code == 403
    assert api_for(user).post(f"{API}{version.pk}/retire/", wish).status_code == 403
    browser = client_for(user)
    assert browser.post(f"/models/versions/{version.pk}/promote/", wish).status_code == 403
    assert browser.post(f"/models/versions/{version.pk}/retire/", wish).status_code == 403
    assert "Let it serve" not in browser.get(f"/models/versions/{version.pk}/").content.decode()
    assert not Alias.objects.exists()


def test_a_token_without_write_decides_nothing(
    cast: Any, version: ModelVersion, api_for: Any
) -> None:
    reader = api_for(cast.ada, scopes=("read",))

    answer = reader.post(f"{API}{version.pk}/retire/", {"reason": "x"})

    assert answer.status_code == 403


def test_a_version_retires_once_it_serves_no_more(cast: Any, version: ModelVersion) -> None:
    alias = versions.promote(version, alias="challenger", by=cast.ada, reason="Try it.")
    with pytest.raises(Conflict, match="withdraw that first"):
        versions.retire(version, by=cast.ada, reason="Old.")

    versions.withdraw(alias, by=cast.ada, reason="Done.")
    retired = versions.retire(version, by=cast.ada, reason="Old.")

    assert retired.status == "retired"
    with pytest.raises(Conflict, match="does not serve again"):
        versions.promote(version, alias="challenger", by=cast.ada, reason="Again.")
    with pytest.raises(Conflict, match="taken back already"):
        versions.withdraw(alias, by=cast.ada, reason="Twice.")


@pytest.mark.parametrize("wish", [{"alias": "king", "reason": "x"}, {"alias": "champion"}])
def test_a_wish_without_name_or_reason_is_refused(
    wish: dict[str, str], cast: Any, version: ModelVersion, api_for: Any, client_for: Any
) -> None:
    assert api_for(cast.ada).post(f"{API}{version.pk}/promote/", wish).status_code == 400
    page = client_for(cast.ada).post(f"/models/versions/{version.pk}/promote/", wish)
    assert page.status_code == 422
    with pytest.raises(InvalidInput, match="Say why"):
        versions.promote(version, alias="challenger", by=cast.ada, reason=" ")


# --- pages ----------------------------------------------------------------------------------------


def test_the_page_promotes_shows_who_and_why_and_withdraws(
    cast: Any, reviewed: Any, tmp_path: Path, client_for: Any
) -> None:
    version = scene.make_version(tmp_path, cast.ml, project=reviewed)
    browser, address = client_for(cast.ada), f"/models/versions/{version.pk}/"

    browser.post(f"{address}promote/", {"alias": "champion", "reason": "Best of three."})
    page = browser.get(address).content.decode()
    home = browser.get(f"/projects/{reviewed.pk}/").content.decode()
    alias = Alias.objects.get()
    gone = browser.post(f"/models/aliases/{alias.pk}/withdraw/", {"reason": "Enough."})

    assert "Best of three." in page
    assert "seed-mlp 1" in home[home.index("Champion") :]
    assert gone.status_code == 302
    assert Alias.objects.get().ended_at is not None


def test_what_stands_in_the_way_is_said_on_the_page(
    cast: Any, version: ModelVersion, client_for: Any
) -> None:
    address = f"/models/versions/{version.pk}/promote/"

    answer = client_for(cast.ada).post(address, {"alias": "champion", "reason": "Best."})

    assert answer.status_code == 409
    assert "is not closed yet" in answer.content.decode()


def test_the_list_shows_what_serves_with_few_queries(
    cast: Any,
    project: Any,
    tmp_path: Path,
    client_for: Any,
    django_assert_max_num_queries: Any,
) -> None:
    for _number in range(3):
        scene.make_version(tmp_path, cast.ml, project=project)
    versions.promote(
        ModelVersion.objects.earliest("pk"), alias="challenger", by=cast.ada, reason="Try."
    )
    browser = client_for(cast.ml)

    with django_assert_max_num_queries(12):
        page = browser.get("/models/versions/?sort=-auc").content.decode()

    assert page.count("Challenger") == 1
    assert len(b"".join(browser.get("/models/versions/?format=csv")).splitlines()) == 4


def test_versions_are_seen_with_their_training(
    cast: Any, project: Any, version: ModelVersion, api_for: Any
) -> None:
    assert api_for(cast.ml).get(API).json()["count"] == 1
    assert api_for(cast.bo).get(API).json()["count"] == 0
    assert api_for(cast.bo).get(f"{API}{version.pk}/").status_code == 404
    project.deputies.add(cast.bo)
    assert api_for(cast.bo).get(f"{API}{version.pk}/").json()["weights_sha256"] == "a" * 64
