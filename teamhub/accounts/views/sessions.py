"""Log-in, log-out, passwords and one-time links: what somebody needs before they are inside."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from teamhub.accounts import services as accounts
from teamhub.accounts.forms import ForgottenForm, LoginForm, OwnForm
from teamhub.accounts.services import links
from teamhub.accounts.views.forms import show_error, status_of
from teamhub.audit import services as audit

READ_AND_POST = ["GET", "HEAD", "POST"]


class LoginPage(LoginView):
    """Django's view: it checks `next`, changes the session's key and asks axes."""

    template_name = "accounts/login.html"
    authentication_form = LoginForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        user = form.get_user()
        audit.record(user, "login.pass", user)
        return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        audit.record(request.user, "login.end", request.user)
        logout(request)
    return redirect("accounts:login")


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(READ_AND_POST)
def password_change(request: HttpRequest) -> HttpResponse:
    user = request.user
    form = PasswordChangeForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        accounts.set_password(user=user, password=form.cleaned_data["new_password1"], by=user)
        update_session_auth_hash(request, user)
        messages.success(request, _("Your password is changed. Your other sessions have ended."))
        return redirect("accounts:account")
    return render(request, "accounts/password_change.html", {"form": form}, status=status_of(form))


@login_required
@require_http_methods(READ_AND_POST)
def account(request: HttpRequest) -> HttpResponse:
    """One's own account."""
    user = request.user
    now = {"language": user.language, "time_zone": user.time_zone}
    form = OwnForm(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        with show_error(form):
            accounts.change_own(by=user, **form.cleaned_data)
            messages.success(request, _("Your account is saved."))
            return redirect("accounts:account")
    return render(request, "accounts/account.html", {"form": form}, status=status_of(form))


@require_http_methods(READ_AND_POST)
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a new password; the answer does not tell whether the name exists."""
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accounts.ask_for_reset(name=form.cleaned_data["name"], base_url=_base_url(request))
        return redirect("accounts:forgotten-asked")
    return render(request, "accounts/forgotten.html", {"form": form}, status=status_of(form))


@require_safe
def forgotten_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/forgotten_asked.html", {"by_email": links.sends_email()})


@sensitive_post_parameters()
@never_cache
@require_http_methods(READ_AND_POST)
def link(request: HttpRequest, secret: str) -> HttpResponse:
    """Set a password by a one-time link.

    The address is the secret. The site's referrer policy, same-origin, keeps it among us; the
    stricter no-referrer would make browsers send the form without an origin, and Django refuses it.
    """
    try:
        return _use(request, secret)
    except links.LinkIsDead as error:
        context = {"message": error.message}
        return render(request, "accounts/link_dead.html", context, status=error.http_status)


def _use(request: HttpRequest, secret: str) -> HttpResponse:
    found = links.find_link(secret)
    form = SetPasswordForm(found.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        accounts.use_link(secret=secret, password=form.cleaned_data["new_password1"])
        logout(request)  # somebody else may have been logged in here
        messages.success(request, _("Your password is set. Log in with it."))
        return redirect("accounts:login")
    context = {"form": form, "link": found}
    return render(request, "accounts/link.html", context, status=status_of(form))


def _base_url(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")
