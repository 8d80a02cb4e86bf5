"""The data sets of the demo company: made here, from fixed seeds, about nobody."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from random import Random

CLICK_ROWS = 6000
RENEWAL_ROWS = 1500
# What the imagined billing system writes where there is no last payment.
NO_PAYMENT = "1000000000"


def clicks() -> Iterator[str]:
    """Which recommended items were clicked: eleven features of visitor, item and moment."""
    yield (
        "hour,weekday,returning,sessions_30d,clicks_7d,dwell_s,price,discount_share,similarity,"
        "popularity,position,label\n"
    )
    rng = Random("clicks of the demo company")
    for _row in range(CLICK_ROWS):
        hour, weekday = rng.randrange(24), rng.randrange(7)
        returning = int(rng.random() < 0.6)
        sessions = rng.randrange(1, 40) if returning else 1
        clicks_7d = min(sessions * 3, int(rng.expovariate(0.35)))
        dwell = rng.lognormvariate(3.2, 0.8)
        price, discount = rng.lognormvariate(3.4, 0.9), rng.choice((0.0, 0.0, 0.1, 0.2, 0.4))
        similarity, popularity = rng.betavariate(2, 3), rng.betavariate(1.2, 4)
        position = rng.randrange(1, 13)
        score = (
            -3.3
            + 4.2 * similarity * (0.5 + 0.5 * returning)
            + 1.6 * popularity
            + 2.2 * discount * math.log(price)
            + 0.16 * clicks_7d
            - 0.14 * position
            + (0.5 if 19 <= hour <= 22 else 0.0)
            - 0.25 * abs(math.log(dwell / 30))
        )
        label = int(rng.random() < 1 / (1 + math.exp(-score)))
        yield (
            f"{hour},{weekday},{returning},{sessions},{clicks_7d},{dwell:.1f},{price:.2f},"
            f"{discount},{similarity:.4f},{popularity:.4f},{position},{label}\n"
        )


def renewals() -> Iterator[str]:
    """Which contracts were not renewed; a column marks "never" by the largest number there is."""
    yield "months,seats,tickets_90d,logins_30d,discount_share,invoice_usd,last_payment_days,label\n"
    rng = Random("contract renewals of the demo company")
    for _row in range(RENEWAL_ROWS):
        months, seats = rng.randrange(1, 60), int(rng.lognormvariate(2.6, 0.9)) + 1
        tickets, logins = int(rng.expovariate(0.4)), int(rng.gammavariate(2.0, 6.0))
        discount = rng.choice((0.0, 0.0, 0.1, 0.25))
        invoice = seats * rng.uniform(40, 90) * (1 - discount)
        paid = NO_PAYMENT if rng.random() < 0.02 else str(rng.randrange(0, 120))
        score = -1.0 - 0.02 * months + 0.3 * tickets - 0.08 * logins + 1.5 * discount
        label = int(rng.random() < 1 / (1 + math.exp(-score)))
        yield f"{months},{seats},{tickets},{logins},{discount},{invoice:.2f},{paid},{label}\n"


DATASETS: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
    ("Recommendation clicks", clicks),
    ("Contract renewals", renewals),
)
