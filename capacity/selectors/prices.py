"""What an estimate costs where it could run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from capacity.models import Accelerator, Pool
from capacity.rights import may_see_device_cost
from teamhub.accounts.models import User


@dataclass(frozen=True)
class Price:
    """Money for so many device-hours in one pool."""

    pool: Pool
    low: Decimal
    middle: Decimal
    high: Decimal


def prices(user: User, accelerator: Accelerator, p10: float, p50: float, p90: float) -> list[Price]:
    """Prices in the pools of a type, cheapest first; none for those who may not see them."""
    if not may_see_device_cost(user):
        return []
    pools = Pool.objects.filter(accelerator=accelerator, rate_per_device_hour__gt=0)
    return [
        Price(pool, *(_cost(pool, hours) for hours in (p10, p50, p90)))
        for pool in pools.order_by("rate_per_device_hour", "key")
    ]


def _cost(pool: Pool, hours: float) -> Decimal:
    return (pool.rate_per_device_hour * Decimal(str(hours))).quantize(Decimal("0.01"))
