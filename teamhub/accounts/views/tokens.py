"""One's own API tokens; administrators see all."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from teamhub.accounts import selectors
from teamhub.accounts import services as accounts
from teamhub.accounts.forms import TokenForm
from teamhub.accounts.views.forms import show_error, status_of
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing

ROOT = "token-list"
STATES = [("active", _("Active")), ("expired", _("Expired")), ("revoked", _("Revoked"))]
TONES = {"active": "good", "expired": "neutral", "revoked": "bad"}
COLUMNS = [
    Column("name", _("Name"), order="name"),
    Column("user", _("Owner"), order="user__username", value=lambda token: token.user.username),
    Column("scopes", _("It may")),
    Column("state", _("State")),
    Column("created", _("Created"), order="created"),
    Column("expiry", _("Expires"), order="expiry"),
    Column("last_used_at", _("Last used"), order="last_used_at"),
]


@require_safe
@login_required
def token_list(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        selectors.tokens_for(request.user),
        columns=COLUMNS,
        filters=[
            ChoiceFilter("state", _("State"), choices=STATES, apply=selectors.tokens_in_state)
        ],
        search=["name", "user__username"],
        default_sort="-created",
        root=ROOT,
    )
    if listing.wants_csv:
        return listing.csv("tokens.csv")
    labels = dict(STATES)
    rows = [
        {"token": token, "state": labels[token.state], "tone": TONES[token.state]}
        for token in listing.rows
    ]
    context = {"listing": listing, "rows": rows}
    return page_or_fragment(
        request, "accounts/token_list.html", "accounts/_token_list.html", context, root=ROOT
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def token_create(request: HttpRequest) -> HttpResponse:
    """The secret is in the answer to the form and nowhere else."""
    by = request.user
    form = TokenForm(request.POST or None, user=by)
    if request.method == "POST" and form.is_valid():
        with show_error(form):
            token, secret = accounts.create_token(by=by, **form.cleaned_data)
            context = {"token": token, "secret": secret}
            return render(request, "accounts/token_created.html", context)
    return render(request, "accounts/token_create.html", {"form": form}, status=status_of(form))


@login_required
@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    by = request.user
    token = get_object_or_404(selectors.tokens_for(by), pk=token_id)
    accounts.revoke_token(token=token, by=by)
    messages.success(request, gettext("The token “%(name)s” is revoked.") % {"name": token})
    return redirect("accounts:token-list")
