"""Rows to staffing problem and back. The only package that knows both."""

from projects.bridge.problem import load_staffing
from projects.bridge.results import record_incumbent, store_proposal
from projects.bridge.studies import load_study, store_study
from projects.bridge.units import EXPLICIT_FIT, MONEY, PRODUCT_WEIGHTS

__all__ = [
    "EXPLICIT_FIT",
    "MONEY",
    "PRODUCT_WEIGHTS",
    "load_staffing",
    "load_study",
    "record_incumbent",
    "store_proposal",
    "store_study",
]
