"""A mypy plugin: `request.user` is our User.

django-stubs says `User | AnonymousUser`. Every page and endpoint of ours that does anything with
the user is behind a log-in, so the second half would only ask for a check that cannot fail.
"""

from __future__ import annotations

from collections.abc import Callable

from mypy.plugin import AttributeContext, Plugin
from mypy.types import Instance, Type, UnionType, get_proper_type

REQUESTS = {"django.http.request.HttpRequest.user", "rest_framework.request.Request.user"}


def without_anonymous(context: AttributeContext) -> Type:
    declared = get_proper_type(context.default_attr_type)
    if not isinstance(declared, UnionType):
        return declared
    known = [item for item in declared.items if not _is_anonymous(item)]
    return UnionType.make_union(known)


def _is_anonymous(item: Type) -> bool:
    proper = get_proper_type(item)
    return isinstance(proper, Instance) and proper.type.name == "AnonymousUser"


class RequestUser(Plugin):
    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        return without_anonymous if fullname in REQUESTS else None


def plugin(version: str) -> type[Plugin]:
    return RequestUser
