"""Forms of the accounts' pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from teamhub.accounts import time_zones
from teamhub.accounts.models import SCOPES, User
from teamhub.accounts.selectors import group_choices
from teamhub.accounts.services.tokens import MOST_DAYS, scopes_for


class LoginForm(AuthenticationForm):
    def clean_username(self) -> str:
        """Django writes the length into the page only; a longer name would break the counting."""
        name: str = self.cleaned_data["username"]
        if len(name) > (User._meta.get_field("username").max_length or 0):
            raise self.get_invalid_login_error()
        return name


class ForgottenForm(forms.Form):
    name = forms.CharField(
        label=_("User name or e-mail address"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )


class InviteForm(forms.Form):
    full_name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    groups = forms.MultipleChoiceField(
        label=_("Groups"),
        choices=group_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a group somebody sees only what every member sees."),
    )


class UserForm(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, required=False)
    groups = forms.MultipleChoiceField(
        label=_("Groups"),
        choices=group_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_active = forms.BooleanField(
        label=_("May log in"),
        required=False,
        help_text=_("Without it the account stays, but its sessions, tokens and links end."),
    )


class OwnForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=User.Language.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones.choices)


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What will use it, for example “weekly report”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), choices=SCOPES, widget=forms.CheckboxSelectMultiple, initial=["read"]
    )
    expiry_days = forms.IntegerField(
        label=_("Days until it expires"), min_value=1, max_value=MOST_DAYS
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = scopes_for(user)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(value, label) for value, label in SCOPES if value in offered]
        self.fields["expiry_days"].initial = settings.TOKEN_DAYS
