"""JSON as DRF reads it, no deeper than Python can follow, in whole characters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser as DrfJSONParser


class JSONParser(DrfJSONParser):
    """Text that nobody can follow or write down is the sender's mistake, not a bug of ours."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("The JSON nests too deeply.")) from None
        except UnicodeEncodeError:
            # Half of a pair: no database and no answer can hold it.
            raise ParseError(_("A text of the JSON holds half of a character.")) from None
        return data
