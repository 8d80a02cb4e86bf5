"""Bodies that no program sends by accident."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, "[" * 5000 + "]" * 5000])
def test_json_that_nests_too_deeply_is_refused_in_words(client: Client, body: str) -> None:
    answer = client.post("/api/v1/auth/token/", body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "parse_error"
