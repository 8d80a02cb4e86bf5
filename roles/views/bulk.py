"""Change many people of the list at once: look at who and what, then do it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from roles.forms import Day
from roles.models import Department, Person, Role, Site
from roles.services.bulk_edit import MOST, BulkChange, change_people
from roles.views.people import people_listing
from teamhub.accounts import permissions
from teamhub.accounts.models import User
from teamhub.errors import Conflict, InvalidInput, NotAllowed

NAMED = 20


class BulkForm(forms.Form):
    """What all of them get; a field that stays blank changes nothing."""

    department = forms.ModelChoiceField(
        Department.objects.all(), label=gettext_lazy("Department"), required=False
    )
    site = forms.ModelChoiceField(Site.objects.all(), label=gettext_lazy("Site"), required=False)
    add_roles = forms.ModelMultipleChoiceField(
        Role.objects.filter(retired_on=None),
        label=gettext_lazy("Give the roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    drop_roles = forms.ModelMultipleChoiceField(
        Role.objects.all(),
        label=gettext_lazy("Take the roles away"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    weekly_hours = forms.DecimalField(
        label=gettext_lazy("Weekly hours"),
        min_value=0,
        max_value=80,
        max_digits=4,
        decimal_places=1,
        required=False,
    )
    max_concurrent_projects = forms.IntegerField(
        label=gettext_lazy("Most projects at once"), min_value=1, max_value=100, required=False
    )
    employed_to = forms.DateField(label=gettext_lazy("Employed to"), widget=Day(), required=False)
    comment = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Stands in the audit beside each of them."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not permissions.is_manager(user):
            led = Department.objects.led_by(user)
            self.fields["department"].queryset = led  # type: ignore[attr-defined]

    def change(self) -> BulkChange:
        data = dict(self.cleaned_data)
        data.pop("comment")
        add, drop = list(data.pop("add_roles")), list(data.pop("drop_roles"))
        given = {name: value for name, value in data.items() if value is not None}
        return BulkChange(given, add, drop)


@require_POST
@login_required
def person_bulk(request: HttpRequest) -> HttpResponse:
    """With `save` do it; without, show who was chosen and ask what shall change."""
    people = chosen_people(request)
    saving = bool(request.POST.get("save"))
    form = BulkForm(request.POST if saving else None, user=request.user)
    status = 200
    if saving:
        status = 422
        if form.is_valid():
            try:
                changed = change_people(
                    [person.pk for person in people],
                    form.change(),
                    by=request.user,
                    comment=form.cleaned_data["comment"],
                )
            except (InvalidInput, NotAllowed, Conflict) as error:
                form.add_error(None, str(error))
                status = error.http_status
            else:
                text = ngettext("%(n)d person changed.", "%(n)d people changed.", len(changed))
                messages.success(request, text % {"n": len(changed)})
                query = request.POST.get("query", "")
                back = reverse("roles:person-list")
                return redirect(f"{back}?{QueryDict(query).urlencode()}" if query else back)
    context = {
        "form": form,
        "people": people,
        "named": people[:NAMED],
        "more": max(0, len(people) - NAMED),
        "query": request.POST.get("query", ""),
    }
    return render(request, "roles/person_bulk.html", context, status=status)


def chosen_people(request: HttpRequest) -> list[Person]:
    """The ticked ones or, with `all`, whoever the filters of the list leave."""
    seen = Person.objects.visible_to(request.user)
    if request.POST.get("all"):
        listing = people_listing(request, QueryDict(request.POST.get("query", "")))
        if listing.errors:
            raise InvalidInput(" ".join(listing.errors))
        seen = seen.filter(pk__in=listing.queryset.order_by().values("pk"))
    else:
        raw = request.POST.getlist("person")
        if not all(one.isascii() and one.isdigit() and len(one) < 16 for one in raw):
            raise InvalidInput(_("Choose people from the list."))
        seen = seen.filter(pk__in=[int(one) for one in raw])
    people = list(seen.order_by("sort_name", "pk")[: MOST + 1])
    if not people:
        raise InvalidInput(_("Choose at least one person."))
    if len(people) > MOST:
        raise InvalidInput(_("At most %(most)d people at once.") % {"most": MOST})
    return people
