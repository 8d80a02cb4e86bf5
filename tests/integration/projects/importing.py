"""Files as the import tests write them, and what the importers say."""

from __future__ import annotations

from typing import Any

from projects import exporting
from projects.importers import BY_KIND

PROJECTS = "key,name,domain,department,site,lead,deputies,priority,status,start_on,budget,template"
SEATS = "project,role,label,phase,start_on,end_on,fte_share,skills,priority,must_fill"
ASSIGNMENTS = "project,role,label,phase,person,start_on,end_on,fte_share,status,locked,reason"


def read(kind: str, by, *lines: str, dry_run: bool = False):
    data = "\n".join(lines).encode()
    return BY_KIND[kind](by=by).run(data, f"{kind}.csv", dry_run=dry_run)


def errors(result) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in result.errors]


def exported(kind: str, by) -> bytes:
    content: Any = exporting.export(kind, by).streaming_content
    return b"".join(content)
