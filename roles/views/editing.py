"""One way for every form page: show, check, call a service, show its refusal, or move on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from teamhub.errors import Conflict, InvalidInput, Stale

Text = str | Promise


@dataclass(frozen=True)
class Words:
    """What a form page says."""

    title: Text
    submit: Text
    done: Text


def form_page(
    request: HttpRequest,
    form: Any,
    save: Callable[[dict[str, Any]], object],
    *,
    words: Words,
    back_url: str,
    done_url: Callable[[Any], str] | None = None,
    remove_url: str = "",
    remove_text: Text = "",
) -> HttpResponse:
    """`form` is bound on POST; `save` takes its values and returns the row."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                row = save(form.cleaned_data)
            except (InvalidInput, Conflict, Stale) as error:
                form.refuse(error)
                status = error.http_status if isinstance(error, Stale | Conflict) else 422
            else:
                messages.success(request, str(words.done))
                return redirect(done_url(row) if done_url else back_url)
    context = {
        "form": form,
        "words": words,
        "back_url": back_url,
        "remove_url": remove_url,
        "remove_text": remove_text,
    }
    return render(request, "roles/form.html", context, status=status)
