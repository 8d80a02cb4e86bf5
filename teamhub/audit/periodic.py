"""The clock seals what was committed since its last pass."""

from teamhub.audit import chain
from teamhub.runs import periodic

SEAL_SECONDS = 5.0

periodic.register("audit seal", SEAL_SECONDS, chain.seal)
