"""Registries that apps fill from their `apps.py`: the ground floor imports no app.

from teamhub import panels

panels.register("home", panels.Panel("items", _("My items"), "projects/_items.html", my_items))
"""

from teamhub.panels.registry import (
    Hit,
    Panel,
    Shown,
    demo_parts,
    isolated,
    places,
    register,
    register_demo,
    register_search,
    search,
    shown,
)

__all__ = [
    "Hit",
    "Panel",
    "Shown",
    "demo_parts",
    "isolated",
    "places",
    "register",
    "register_demo",
    "register_search",
    "search",
    "shown",
]
