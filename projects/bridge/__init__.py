"""Rows to staffing problem and back. The only package that knows both."""

from projects.bridge.problem import load_staffing
from projects.bridge.results import record_incumbent, store_proposal
from projects.bridge.units import EXPLICIT_FIT, MONEY, PRODUCT_WEIGHTS

__all__ = [
    "EXPLICIT_FIT",
    "MONEY",
    "PRODUCT_WEIGHTS",
    "load_staffing",
    "record_incumbent",
    "store_proposal",
]
