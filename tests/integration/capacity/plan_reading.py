"""What tests read of a plan's page."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from capacity.models import CapacityPlan


def page(client: Client, plan: CapacityPlan, **query: Any) -> str:
    answer = client.get(plan.get_absolute_url(), query)
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    """The text that somebody reads."""
    return " ".join(re.sub(r"<(script|style)(?s:.*?)</\1>|<[^>]*>", " ", html).split())


def piece(client: Client, plan: CapacityPlan, root: str, **query: Any) -> str:
    headers = {"HX-Request": "true", "HX-Target": root}
    return client.get(plan.get_absolute_url(), query, headers=headers).content.decode()
