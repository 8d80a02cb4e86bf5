"""Bodies that no program sends by accident."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, "[" * 5000 + "]" * 5000])
def test_json_that_nests_too_deeply_is_refused_in_words(client: Client, body: str) -> None:
    answer = client.post("/api/v1/auth/token/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "parse_error"


@pytest.mark.parametrize("word", ['"\\ud800"', '{"a": ["\\udc00x"]}', '{"\\ud800": 1}'])
def test_half_a_character_is_refused_in_words(client: Client, word: str) -> None:
    answer = client.post("/api/v1/auth/token/", word, content_type="application/json")

    assert answer.status_code == 400
    assert "half of a character" in answer.json()["error"]["message"]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    "place",
    ["projects/slots/?project=a%00", "roles/load/?department=%00", "projects/projects/a%00b/"],
)
def test_a_zero_byte_in_an_address_is_refused(cast: Cast, client_for: Any, place: str) -> None:
    assert client_for(cast.ada).get(f"/api/v1/{place}").status_code == 400
