"""Lists: filter, search, sort, page and export on the server."""

import pytest
from django.test import Client, RequestFactory

from teamhub.accounts.models import User
from teamhub.web.listing import Column, FlagFilter, Listing
from tests.builders import make_user
from tests.cast import Cast

pytestmark = pytest.mark.urls("tests.integration.web.urls")


def names(page: str) -> list[str]:
    return [part.split("</td>")[0] for part in page.split("<tr><td>")[1:]]


@pytest.fixture
def page(cast: Cast, client_for):
    client: Client = client_for(cast.ada)
    return lambda query="", **headers: client.get(f"/test/users/{query}", headers=headers)


def test_the_first_page_shows_its_share_in_order(page) -> None:
    text = page().content.decode()

    assert names(text) == ["ada", "admin", "api", "bo", "boss"]
    assert "1–5 of 12" in text


def test_sorting_turns_round_on_the_second_click(page) -> None:
    text = page("?sort=-username").content.decode()

    assert names(text)[0] == "vi"
    assert 'aria-sort="descending"' in text
    assert 'href="/test/users/?sort=username"' in text


def test_search_needs_every_word(page) -> None:
    assert names(page("?q=bo+example").content.decode()) == ["bo", "boss"]
    assert names(page("?q=bo+ada").content.decode()) == []


def test_the_search_is_kept_by_sort_and_page_links(page) -> None:
    text = page("?q=a&size=2&page=2").content.decode()

    assert "/test/users/?q=a&amp;size=2&amp;page=3" in text
    assert "/test/users/?q=a&amp;size=2&amp;sort=-username" in text


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?language=klingon", "The filter Language was left out"),
        ("?least=many", "not a whole number"),
        ("?sort=password", "cannot be sorted by “password”"),
        ("?page=x", "not a number of a page"),
        ("?page=-1", "not a number of a page"),
        ("?size=0", "not a number of rows"),
        ("?page=" + "9" * 5000, ""),
        ("?q=%00%00", ""),
        ("?least=%C2%B2", "not a whole number"),
        ("?size=%C2%B2", "not a number of rows"),
    ],
)
def test_a_bad_address_says_so_and_still_shows_the_list(page, query: str, told: str) -> None:
    response = page(query)

    assert response.status_code == 200
    assert told in response.content.decode()
    assert names(response.content.decode())


def test_a_page_after_the_last_is_the_last(page) -> None:
    assert "11–12 of 12" in page("?page=99").content.decode()


def test_nobody_gets_more_rows_than_the_limit(db: None) -> None:
    request = RequestFactory().get("/", {"size": "100000"})

    assert Listing(request, User.objects.all(), columns=[Column("pk", "Id")]).page_size == 200


def test_htmx_gets_the_piece_alone(page) -> None:
    response = page(**{"HX-Request": "true", "HX-Target": "users"})

    assert response.content.decode().startswith('<div id="users">')


def test_the_export_has_all_rows_that_the_filters_leave(page) -> None:
    response = page("?q=bo&format=csv&size=1")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()

    assert lines[0] == "username,first_name,email"
    assert [line.split(",")[0] for line in lines[1:]] == ["bo", "boss"]


def test_a_list_asks_the_database_twice(cast: Cast, django_assert_num_queries) -> None:
    request = RequestFactory().get("/", {"q": "a", "sort": "username"})
    columns = [Column("username", "Name", order="username")]

    with django_assert_num_queries(2):
        listing = Listing(request, User.objects.all(), columns=columns, search=["username"])
        assert len(listing.rows) + len(listing.rows) <= 2 * listing.total


def test_a_box_that_is_not_ticked_does_not_narrow(db: None) -> None:
    make_user("gone", is_active=False)
    filters = [FlagFilter("active", "Active", lookup="is_active")]
    build = RequestFactory().get

    def count(query: str) -> int:
        request = build(f"/?{query}")
        return Listing(
            request, User.objects.all(), columns=[Column("pk", "Id")], filters=filters
        ).total

    assert (count(""), count("active=no"), count("active=on")) == (1, 1, 0)
