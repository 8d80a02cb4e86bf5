"""Errors that we foresee: a message for people, a code and details for programs.

Apps subclass these with their own code. Anything else that is raised is a bug.
"""

from __future__ import annotations

from typing import Any


class TeamHubError(Exception):
    """Base of every foreseen error."""

    code = "error"
    http_status = 400

    def __init__(self, message: Any, *, code: str | None = None, **details: Any) -> None:
        super().__init__(str(message))
        self.message = message
        if code is not None:
            self.code = code
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(TeamHubError):
    code = "invalid"
    http_status = 400


class Unprocessable(InvalidInput):
    """Well-formed, but its content cannot be taken: an import with row errors."""

    http_status = 422


class NotAllowed(TeamHubError):
    code = "not_allowed"
    http_status = 403


class NotFound(TeamHubError):
    code = "not_found"
    http_status = 404


class Conflict(TeamHubError):
    code = "conflict"
    http_status = 409


class Stale(TeamHubError):
    """Somebody else changed the row since it was read."""

    code = "stale"
    http_status = 412


class Infeasible(TeamHubError):
    code = "infeasible"
    http_status = 422


class Unavailable(TeamHubError):
    code = "unavailable"
    http_status = 503
