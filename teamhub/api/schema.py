"""OpenAPI: every operation also documents the errors that it can answer."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema as SpectacularAutoSchema

ERRORS = {
    "400": "The request is not right: details name the field.",
    "401": "No valid log-in or token.",
    "403": "You see this, but may not do it.",
    "404": "There is nothing here, or nothing that you may see.",
    "405": "This address does not take this method.",
    "406": "This format is not offered.",
    "409": "It clashes with today's state: details name the clash.",
    "412": "Somebody changed it since you read it.",
    "415": "This content type is not taken.",
    "422": "Well-formed, but the content cannot be taken: details name rows.",
    "428": "Send If-Match with the version that you read.",
    "429": "Too many requests: wait as Retry-After says.",
}
_ERROR = {
    "type": "object",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "details": {"type": "object", "additionalProperties": {}},
            },
            "required": ["code", "message", "details"],
        }
    },
    "required": ["error"],
}


class AutoSchema(SpectacularAutoSchema):
    # A private hook of drf-spectacular: its version is pinned by the lock, and a test reads the
    # error responses from the schema.
    def _get_response_bodies(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        responses = super()._get_response_bodies(*args, **kwargs)
        for status, text in ERRORS.items():
            responses.setdefault(
                status,
                {"description": text, "content": {"application/json": {"schema": _ERROR}}},
            )
        return responses
