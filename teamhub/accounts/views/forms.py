"""What the accounts' form pages share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms

from teamhub.errors import Conflict, InvalidInput


def status_of(form: forms.BaseForm) -> int:
    """422 once a form was sent and refused, else 200."""
    return 422 if form.is_bound and form.errors else 200


@contextmanager
def show_error(form: forms.BaseForm) -> Iterator[None]:
    """Put what a service refuses beside the fields that it names, or above the form."""
    try:
        yield
    except (InvalidInput, Conflict) as error:
        fields = error.details.get("fields", {}) if isinstance(error, InvalidInput) else {}
        placed = {name: texts for name, texts in fields.items() if name in form.fields}
        if not placed:
            form.add_error(None, str(error))
        for name, texts in placed.items():
            form.add_error(name, texts)
