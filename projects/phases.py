"""The seven phases of every project and their order. No Django: kernels use it too."""

from __future__ import annotations

from enum import StrEnum


class PhaseKey(StrEnum):
    REQUIREMENTS = "requirements"
    RESEARCH = "research"
    DESIGN = "design"
    TRAINING = "training"
    DEPLOYMENT = "deployment"
    ADAPTATION = "adaptation"
    ETHICS = "ethics"

    @property
    def number(self) -> int:
        """1 to 7."""
        return ORDER.index(self) + 1


ORDER: tuple[PhaseKey, ...] = tuple(PhaseKey)
