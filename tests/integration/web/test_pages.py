"""Home, search, preferences, errors and messages, as pages, fragments and JSON."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings

from teamhub import panels
from teamhub.web import uploads
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.integration.web.urls")]

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/?q=wei"}


@pytest.fixture
def ada(cast: Cast, client_for: Any) -> Client:
    client: Client = client_for(cast.ada)
    return client


# --- frame ----------------------------------------------------------------------------------------


def test_home_says_what_to_do_when_nothing_is_there(ada: Client) -> None:
    with panels.isolated():
        text = ada.get("/").content.decode()

    assert "Nothing to show yet" in text


def test_home_draws_the_panels(ada: Client) -> None:
    with panels.isolated():
        panels.register("home", panels.Panel("x", "Seats to fill", "components/_empty.html"))
        text = ada.get("/").content.decode()

    assert "Seats to fill" in text


def test_a_page_has_one_heading_a_language_and_no_gap_in_its_policy(ada: Client) -> None:
    response = ada.get("/preferences/")
    text = response.content.decode()

    assert text.count("<h1") == 1
    assert '<html lang="en"' in text
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/", "/search/"])
def test_strangers_are_sent_to_the_log_in(client: Client, path: str) -> None:
    assert client.get(path).status_code == 302


def test_administration_is_offered_to_administrators_only(cast: Cast, client_for: Any) -> None:
    for user, offered in ((cast.admin, True), (cast.bo, False)):
        text = client_for(user).get("/preferences/").content.decode()
        # The entry exists once the accounts pages do.
        assert ('data-shortcut="g a"' in text) <= offered


def test_the_api_docs_have_nothing_inline_and_name_no_foreign_host(ada: Client) -> None:
    text = ada.get("/api/v1/docs/").content.decode()

    assert "swagger-ui-bundle" in text
    assert "<style" not in text
    assert "https://" not in text
    assert text.count("<script ") == text.count("</script>")


def test_browsers_find_an_icon(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("favicon.svg")


# --- search ---------------------------------------------------------------------------------------


def test_search_groups_what_its_sources_find(ada: Client, cast: Cast) -> None:
    with panels.isolated():
        panels.register_search(lambda user, q: [panels.Hit(f"{q} {user}", "People", "/1", "CV")])
        text = ada.get("/search/?q=wei").content.decode()

    assert "wei ada" in text
    assert "People" in text


@pytest.mark.parametrize("query", ["", "w", "%00", " "])
def test_a_search_for_nothing_asks_no_source(ada: Client, query: str) -> None:
    def source(user: Any, q: str) -> list[panels.Hit]:
        raise AssertionError(q)

    with panels.isolated():
        panels.register_search(source)
        assert ada.get(f"/search/?q={query}").status_code == 200


def test_the_search_box_gets_its_list_alone(ada: Client) -> None:
    with panels.isolated():
        response = ada.get("/search/?q=wei", headers={**HTMX, "HX-Target": "th-search-hits"})

    assert "<html" not in response.content.decode()
    assert 'id="th-search-hits"' in response.content.decode()


# --- preferences ----------------------------------------------------------------------------------


def test_the_language_is_kept_with_the_user_and_in_the_browser(ada: Client, cast: Cast) -> None:
    response = ada.post("/preferences/", {"language": "zh-hans", "next": "/search/"})

    cast.ada.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, "/search/")
    assert (cast.ada.language, response.cookies["django_language"].value) == ("zh-hans", "zh-hans")


def test_a_theme_is_drawn_by_the_server(ada: Client) -> None:
    ada.post("/preferences/", {"theme": "dark"})

    assert 'data-bs-theme="dark"' in ada.get("/preferences/").content.decode()


def test_before_the_log_in_only_the_browser_remembers(client: Client) -> None:
    response = client.post("/preferences/", {"language": "zh-hans"})

    assert (response.status_code, "django_language" in response.cookies) == (302, True)


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_the_way_back_stays_on_this_host(ada: Client, next_page: str) -> None:
    response = ada.post("/preferences/", {"theme": "dark", "next": next_page})

    assert response["Location"] == "/"


@pytest.mark.parametrize("bad", [{"language": "tlh"}, {"theme": "neon"}])
def test_a_preference_that_does_not_exist_is_refused(ada: Client, bad: dict[str, str]) -> None:
    assert ada.post("/preferences/", bad).status_code == 400


# --- errors ---------------------------------------------------------------------------------------


def test_an_error_is_a_page_for_people(ada: Client) -> None:
    response = ada.get("/test/conflict/")

    assert response.status_code == 409
    assert "Wei is taken &lt;b&gt;twice&lt;/b&gt;." in response.content.decode()


def test_an_error_is_a_message_beside_the_work_for_htmx(ada: Client) -> None:
    response = ada.get("/test/conflict/", headers=HTMX)

    assert (response.status_code, response["HX-Retarget"]) == (409, "#th-alerts")
    assert "<html" not in response.content.decode()


def test_an_error_is_json_under_the_api(ada: Client) -> None:
    response = ada.get("/api/test/conflict/")

    assert response.json()["error"]["code"] == "conflict"
    assert response.json()["error"]["details"] == {"weeks": ["2027-W01"]}


def test_an_unknown_address_is_a_page_or_json(ada: Client) -> None:
    assert "Not found" in ada.get("/nowhere/").content.decode()
    assert ada.get("/api/nowhere/").json()["error"]["code"] == "not_found"


def test_an_address_that_only_takes_forms_leads_back_to_its_page(ada: Client) -> None:
    refused = ada.get("/test/users/refuse/")

    assert refused.status_code == 405
    assert refused["Allow"] == "POST"
    assert 'href="/test/users/"' in refused.content.decode()


def test_a_refused_form_leaves_the_way_to_its_page(ada: Client) -> None:
    """The language is chosen on the answer: the browser must not open the form's address."""
    for came_from, back in (
        ("http://testserver/test/users/?q=wei", "/test/users/?q=wei"),
        ("http://testserver/test/users/refuse/", "/test/users/"),
        ("http://elsewhere.example/people/", "/test/users/"),
        ("", "/test/users/"),
    ):
        page = ada.post("/test/users/refuse/", headers={"Referer": came_from})
        assert page.status_code == 409
        assert f'name="next" value="{back}"' in page.content.decode(), came_from


def test_a_bug_is_told_without_its_details(ada: Client) -> None:
    ada.raise_request_exception = False
    response = ada.get("/test/bug/")

    assert response.status_code == 500
    assert "a bug" not in response.content.decode()


def test_a_form_without_its_token_is_explained(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/preferences/", {"theme": "dark"})

    assert response.status_code == 403
    assert "Load the page again" in response.content.decode()
    assert "<style" not in response.content.decode()


# --- htmx -----------------------------------------------------------------------------------------


def test_a_message_travels_with_the_fragment(ada: Client) -> None:
    text = ada.get("/test/told/", headers=HTMX).content.decode()

    assert 'hx-swap-oob="beforeend:#th-alerts"' in text
    assert text.count("It is done.") == 1


def test_a_fragment_that_draws_its_messages_gets_no_second_copy(ada: Client) -> None:
    text = ada.get("/test/drawn/", headers=HTMX).content.decode()

    assert text == "<p>It is done.</p>"


def test_a_message_is_shown_once(ada: Client) -> None:
    ada.get("/test/told/", headers=HTMX)

    assert "It is done." not in ada.get("/preferences/").content.decode()


def test_htmx_without_a_log_in_moves_the_whole_page(client: Client) -> None:
    response = client.get("/test/secret/", headers=HTMX)

    assert response.status_code == 204
    assert response["HX-Redirect"].endswith("?next=%2Fpeople%2F%3Fq%3Dwei")


def test_a_browser_without_a_log_in_is_redirected(client: Client) -> None:
    assert client.get("/test/secret/").status_code == 302


# --- import page ----------------------------------------------------------------------------------


def upload(client: Client, text: bytes) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("people.csv", text)
    return client.post("/test/imports/", {"kind": "users", "file": file})


def test_a_good_file_is_previewed_and_then_imported(ada: Client, cast: Cast) -> None:
    preview = upload(ada, b"username,first_name\nwei,Wei\nbo,Bob\n")
    done = ada.post("/test/imports/", {"token": preview.context["token"]})

    cast.bo.refresh_from_db()
    assert (preview.status_code, done.status_code, cast.bo.first_name) == (200, 302, "Bob")


def test_a_bad_file_is_answered_with_its_errors(ada: Client) -> None:
    response = upload(ada, b"username,email\nwei,nobody\n")
    text = response.content.decode()

    assert response.status_code == 422
    assert "“nobody” is not an e-mail address." in text
    assert "Import all lines" not in text


def test_no_file_is_told(ada: Client) -> None:
    response = ada.post("/test/imports/", {"kind": "users"})

    assert (response.status_code, "Choose a file." in response.content.decode()) == (422, True)


def test_the_upload_of_another_person_cannot_be_committed(
    ada: Client, cast: Cast, client_for: Any
) -> None:
    token = upload(ada, b"username\nwei\n").context["token"]

    response = client_for(cast.admin).post("/test/imports/", {"token": token})
    assert response.status_code == 409


@pytest.mark.parametrize("token", ["", "x", "../../etc/passwd"])
def test_a_forged_token_is_refused(ada: Client, token: str) -> None:
    assert ada.post("/test/imports/", {"token": token}).status_code == 409


def test_a_committed_upload_is_gone(ada: Client) -> None:
    token = upload(ada, b"username\nwei\n").context["token"]
    ada.post("/test/imports/", {"token": token})

    assert ada.post("/test/imports/", {"token": token}).status_code == 409


def test_old_uploads_are_swept(cast: Cast, settings: Any, tmp_path: Path) -> None:
    import os

    settings.VAR_DIR = tmp_path
    uploads.keep(cast.ada, "users", "old.csv", b"x")
    [old] = (tmp_path / "uploads").iterdir()
    os.utime(old, (0, 0))
    uploads.keep(cast.ada, "users", "new.csv", b"y")

    assert [path.read_bytes() for path in (tmp_path / "uploads").iterdir()] == [b"y"]


def test_who_may_not_import_is_refused(cast: Cast, client_for: Any) -> None:
    assert client_for(cast.bo).get("/test/imports/").status_code == 403


def test_the_template_file_and_an_unknown_kind(ada: Client) -> None:
    template: Any = ada.get("/test/imports/?template=users")

    assert b"username,first_name,email" in b"".join(template.streaming_content)
    assert ada.get("/test/imports/?template=planets").status_code == 400


# --- static files ---------------------------------------------------------------------------------


def test_the_static_files_pass_the_manifest_storage(tmp_path: Path) -> None:
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
    }
    with override_settings(STORAGES=storages, STATIC_ROOT=tmp_path):
        call_command("collectstatic", interactive=False, verbosity=0)

    assert list(tmp_path.glob("css/teamhub.*.css"))
