"""The groups of the product: what somebody is in the company."""

from __future__ import annotations

from enum import StrEnum


class Group(StrEnum):
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    PLANNER = "planner"
    ML_ENGINEER = "ml engineer"
    ENGINEER = "engineer"
    REVIEWER = "reviewer"
    LEGAL = "legal"
    EXECUTIVE = "executive"
    BUSINESS_OWNER = "business owner"
    VIEWER = "viewer"
    API_CLIENT = "api client"
