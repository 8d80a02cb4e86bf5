"""Numbers as people read them: no decimals that say nothing, none lost that do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from teamhub.web.templatetags.teamhub_tags import amount, rate


@pytest.mark.parametrize(
    ("number", "places", "shown"),
    [
        (40, 0, "40"),
        (Decimal("1024.000"), 3, "1,024"),
        (Decimal("10.200"), 3, "10.2"),
        (0.125, 3, "0.125"),
        (0.1254, 3, "0.125"),
        (1234567.8, 0, "1,234,568"),
        (0, 3, "0"),
        (None, 3, "–"),
        ("", 3, "–"),
    ],
)
def test_an_amount_has_the_decimals_that_it_needs(number: Any, places: int, shown: str) -> None:
    assert amount(number, places) == shown


@pytest.mark.parametrize(
    ("price", "shown"),
    [
        (Decimal("2.5"), "2.50\u00a0USD"),
        (Decimal("0.0375"), "0.0375\u00a0USD"),
        (Decimal(1200), "1,200.00\u00a0USD"),
        (None, "–"),
    ],
)
def test_a_rate_shows_cents_or_what_is_finer(price: Any, shown: str) -> None:
    assert rate(price) == shown
