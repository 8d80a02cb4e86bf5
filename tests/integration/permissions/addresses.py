"""All addresses of the product by name: those without a rule of their own, and why."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

# Pages over what is one's own: everybody who is logged in opens them, and they are searched for
# leaks like all others.
OPEN = {
    "/": "home",
    "/search/?q=a": "web:search",
    "/search/?q=alpha": "web:search",
    "/search/?q=beta": "web:search",
    "/my-work/": "projects:my-work",
    "/staffing/propose/": "projects:staffing-propose",
    "/people/new/": "roles:person-create",
}
# Names of addresses and fields, for everybody and without a row.
PUBLIC = {
    "/api/": ("api-root", 302),  # leads to the docs
    "/api/v1/schema/": ("api:schema", 200),
    "/api/v1/docs/": ("api:docs", 200),
}
EXEMPT = {
    "accounts:login": "the way in; tests of the log-in",
    "accounts:logout": "the way out, for everybody",
    "accounts:forgotten": "the way in for who lost the password; tells nothing",
    "accounts:forgotten-asked": "the same words for everybody",
    "accounts:link": "the address is the secret; tests of the links",
    "api:accounts:token": "the password is in the body; tests of the tokens",
    "web:preferences": "language and theme, also before the log-in",
    "web:favicon": "a picture",
    "healthz": "for monitors: that the process answers",
    "readyz": "for monitors: names of parts that are missing, no row",
}


def names(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> set[str]:
    """Every named address, with its name spaces; one without a name fails."""
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            below = (*spaces, pattern.namespace) if pattern.namespace else spaces
            found |= names(pattern, below)
        elif isinstance(pattern, URLPattern):
            found.add(":".join([*spaces, pattern.name or f"without a name: {pattern.pattern}"]))
    return found
