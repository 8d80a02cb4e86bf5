"""The log-ins of the demo company: `demo` makes them, `up` prints and guards them."""

from __future__ import annotations

from dataclasses import dataclass

# Every reader of this file knows it: `up` keeps a product that takes it off the network.
DEMO_PASSWORD = "teamhub-demo"  # noqa: S105


@dataclass(frozen=True)
class DemoAccount:
    username: str
    group: str  # a value of teamhub.accounts.groups.Group
    does: str


DEMO_ACCOUNTS = (
    DemoAccount("ada", "manager", "leads projects, proposes and accepts teams"),
    DemoAccount("olga", "manager", "leads the platform people, answers requests for them"),
    DemoAccount("bo", "engineer", "ticks items of the phases he works in"),
    DemoAccount("plan", "planner", "plans capacity and sees every load"),
    DemoAccount("mel", "ml engineer", "uploads data sets and trains models"),
    DemoAccount("rev", "reviewer", "reviews ethics"),
    DemoAccount("vi", "viewer", "reads everything but cost"),
    DemoAccount("admin", "administrator", "manages people, log-ins and reference data"),
)
