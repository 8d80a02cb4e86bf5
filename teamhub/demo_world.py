"""What the parts of the demo company share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from teamhub.accounts.models import User

SEED = 20261  # the same company on every machine; only its dates follow the calendar


@dataclass
class DemoWorld:
    """Who builds the demo company, on which Monday, and what is known of it so far."""

    by: User
    users: dict[str, User]
    monday: date  # of the week in which it is built
    rng: Random = field(default_factory=lambda: Random(SEED))
