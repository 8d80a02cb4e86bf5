"""Units of the product in the kernel, and what a workload is worth when nobody has said it."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from capacity.models import HOURS_PER_WEEK, Objective
from teamhub.errors import InvalidInput

CENTS = 100
# The kernel counts cents: a weighted cost is cents x cents / device-weeks, an efficiency cents /
# device-week.
PER_UNIT = {
    Objective.NET_VALUE: CENTS,
    Objective.WEIGHTED_COST: CENTS * CENTS,
    Objective.EFFICIENCY: CENTS,
}
# A solver may overshoot its time limit; after this it is asked to hand over what it has.
GRACE_SECONDS = 5
# Where no pool has a rate, a device-hour counts as one unit of money in what work is worth.
UNPRICED = Decimal(1)
# SQLite keeps 15 digits, two of them behind the point.
MOST_MONEY = Decimal(10**13)


def shown(objective: Objective, value: float | None) -> float | None:
    """A value of an objective in the company's currency."""
    return None if value is None else value / PER_UNIT[objective]


def cents(amount: Decimal) -> int:
    return round(amount * CENTS)


def bounded(amount: Decimal, what: object) -> Decimal:
    """The amount; refuses what no database keeps to the cent."""
    if abs(amount) >= MOST_MONEY:
        raise InvalidInput(
            _("%(what)s comes to %(amount)s. Look at its devices, its weeks and the rates.")
            % {"what": what, "amount": f"{amount:,.0f}"},
            code="amount_too_large",
        )
    return amount


def money(amount: float | None) -> Decimal | None:
    if amount is None:
        return None
    return bounded(Decimal(repr(amount)) / CENTS, _("The plan")).quantize(Decimal("0.01"))


def per_week(rate_per_hour: Decimal) -> Decimal:
    return rate_per_hour * HOURS_PER_WEEK


def assumed_value(priority: int, dearest: Decimal) -> Decimal:
    """What a workload is worth that nobody has valued: more than it costs, by its priority.

    `dearest` is what all of it costs on the dearest pool that can run it. It then returns, net of
    any cost, at least its priority times what it costs.
    Why: docs/decisions/0009-values-of-workloads.md.
    """
    return (1 + priority) * dearest
