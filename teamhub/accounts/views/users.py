"""The administrator's pages over accounts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from teamhub.accounts import lockout, selectors
from teamhub.accounts import services as accounts
from teamhub.accounts.forms import InviteForm, UserForm
from teamhub.accounts.models import OneTimeLink, User
from teamhub.accounts.services import links
from teamhub.accounts.services.users import require_administrator
from teamhub.accounts.views.forms import show_error, status_of
from teamhub.audit import services as audit
from teamhub.web.fragments import page_or_fragment
from teamhub.web.listing import ChoiceFilter, Column, Listing

ROOT = "user-list"
COLUMNS = [
    Column("username", _("User name"), order="username"),
    Column(
        "name",
        pgettext_lazy("person", "Name"),
        order=("last_name", "first_name"),
        value=User.get_full_name,
    ),
    Column("email", _("E-mail address"), order="email"),
    Column("groups", _("Groups"), value=selectors.group_labels),
    Column("state", _("State"), value=selectors.state_of),
    Column("last_login", _("Last log-in"), order="last_login"),
]


def _in_group(found: QuerySet[User], name: str) -> QuerySet[User]:
    return found.filter(groups__name=name)


FILTERS = [
    ChoiceFilter("group", _("Group"), choices=selectors.group_choices, apply=_in_group),
    ChoiceFilter("state", _("State"), choices=selectors.STATES, apply=selectors.in_state),
]


@require_safe
@login_required
def user_list(request: HttpRequest) -> HttpResponseBase:
    _administrator(request)
    listing = Listing(
        request,
        selectors.users(),
        columns=COLUMNS,
        filters=FILTERS,
        search=["username", "first_name", "last_name", "email"],
        default_sort="username",
        root=ROOT,
    )
    if listing.wants_csv:
        return listing.csv("users.csv")
    labels = dict(selectors.STATES)
    rows = [
        {
            "user": user,
            "groups": selectors.group_labels(user),
            "state": labels[selectors.state_of(user)],
            "tone": selectors.TONES[selectors.state_of(user)],
        }
        for user in listing.rows
    ]
    context = {"listing": listing, "rows": rows}
    return page_or_fragment(
        request, "accounts/user_list.html", "accounts/_user_list.html", context, root=ROOT
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def user_detail(request: HttpRequest, user_id: int) -> HttpResponse:
    by = _administrator(request)
    user = get_object_or_404(User, pk=user_id)
    form = UserForm(request.POST or None, initial=_initial(user))
    if request.method == "POST" and form.is_valid():
        with show_error(form):
            accounts.change_user(user=user, by=by, **form.cleaned_data)
            messages.success(request, gettext("The account is saved."))
            return redirect("accounts:user-detail", user.pk)
    context = {
        "account": user,
        "form": form,
        "link": selectors.open_link(user),
        "locked": lockout.is_locked(user),
        "sends_email": links.sends_email() and bool(user.email),
    }
    return render(request, "accounts/user_detail.html", context, status=status_of(form))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def user_invite(request: HttpRequest) -> HttpResponse:
    by = _administrator(request)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with show_error(form):
            link, address = accounts.invite(
                by=by, base_url=request.build_absolute_uri("/"), **form.cleaned_data
            )
            return _issued(request, link, address)
    return render(request, "accounts/user_invite.html", {"form": form}, status=status_of(form))


@never_cache
@login_required
@require_POST
def user_link(request: HttpRequest, user_id: int) -> HttpResponse:
    """Make a new link for somebody who was invited or forgot the password."""
    by = _administrator(request)
    user = get_object_or_404(User, pk=user_id)
    link, address = accounts.issue_link(user=user, by=by, base_url=request.build_absolute_uri("/"))
    return _issued(request, link, address)


@login_required
@require_POST
def user_unlock(request: HttpRequest, user_id: int) -> HttpResponse:
    """Lift the lock-out of a name, at every address."""
    by = _administrator(request)
    user = get_object_or_404(User, pk=user_id)
    lockout.unlock(user)
    audit.record(by, "login.unlock", user)
    messages.success(request, gettext("The account can log in again."))
    return redirect("accounts:user-detail", user.pk)


def _issued(request: HttpRequest, link: OneTimeLink, address: str) -> HttpResponse:
    """Show the link this once, or say that it is on its way."""
    if not address:
        messages.success(
            request, gettext("The link goes to %(email)s.") % {"email": link.user.email}
        )
        return redirect("accounts:user-detail", link.user.pk)
    context = {"link": link, "address": address}
    return render(request, "accounts/link_issued.html", context)


def _administrator(request: HttpRequest) -> User:
    user = request.user
    require_administrator(user)
    return user


def _initial(user: User) -> dict[str, object]:
    return {
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "groups": [group.name for group in user.groups.all()],
        "is_active": user.is_active,
    }
