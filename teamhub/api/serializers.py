"""What inputs of the API have in common where a field that is not read would change the plan."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

MOST_TOLD = 10


class Input(serializers.Serializer[Any]):
    """Takes the fields that it names and refuses others: a misspelt wish must not be lost."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields][:MOST_TOLD]
            if unknown:
                raise serializers.ValidationError({name: [self._told(name)] for name in unknown})
        return super().to_internal_value(data)

    def _told(self, name: str) -> str:
        known = [key for key, field in self.fields.items() if not field.read_only]
        near = get_close_matches(name, known, n=1)
        if near:
            return _("There is no such field. Did you mean “%(name)s”?") % {"name": near[0]}
        return _("There is no such field; there are: %(names)s.") % {"names": ", ".join(known)}
