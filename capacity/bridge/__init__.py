"""Rows to capacity problem and back. The only package that knows both."""

from capacity.bridge.problem import load_plan, with_objective
from capacity.bridge.results import record_incumbent, store_plan
from capacity.bridge.units import shown

__all__ = ["load_plan", "record_incumbent", "shown", "store_plan", "with_objective"]
