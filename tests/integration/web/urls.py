"""Pages that exist in these tests only, beside those of the product."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_POST

from teamhub.accounts.models import User
from teamhub.errors import Conflict
from teamhub.urls import handler400, handler403, handler404, handler500, urlpatterns
from teamhub.web.import_page import import_page
from teamhub.web.listing import ChoiceFilter, Column, IntegerFilter, Listing
from tests.integration.web.test_csv_import import UserImporter

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

PIECE = """<div id="users">{% include "components/_list_errors.html" %}
<table class="th-table">{% include "components/_table_head.html" %}
<tbody>{% for user in listing.rows %}<tr><td>{{ user.username }}</td></tr>{% endfor %}</tbody>
</table>{% include "components/_pager.html" with csv=True %}</div>"""
PAGE = (
    """{% extends "base.html" %}{% block heading %}Users{% endblock %}
{% block content %}{% include "components/_filters.html" %}"""
    + PIECE
    + "{% endblock %}"
)


def users(request: HttpRequest) -> HttpResponseBase:
    listing = Listing(
        request,
        User.objects.all(),
        columns=[
            Column("username", "Name", order="username"),
            Column("first_name", "First name", order=("first_name", "last_name")),
            Column("email", "E-mail"),
        ],
        filters=[
            ChoiceFilter("language", "Language", choices=[("en", "English"), ("zh-hans", "中文")]),
            IntegerFilter("least", "Least id", lookup="pk__gte", least=0),
        ],
        search=["username", "email"],
        default_sort="username",
        page_size=5,
        root="users",
    )
    if listing.wants_csv:
        return listing.csv("users.csv")
    page = engines["django"].from_string(PIECE if request.htmx else PAGE)  # type: ignore[attr-defined]
    return HttpResponse(page.render({"listing": listing}, request))


def conflict(request: HttpRequest) -> HttpResponse:
    raise Conflict("Wei is taken <b>twice</b>.", weeks=["2027-W01"])


@require_POST
def posted(request: HttpRequest) -> HttpResponse:
    raise Conflict("It is taken.")


def told(request: HttpRequest) -> HttpResponse:
    messages.success(request, "It is done.")
    return HttpResponse('<p id="piece">piece</p>')


def drawn(request: HttpRequest) -> HttpResponse:
    messages.success(request, "It is done.")
    piece = "{% for message in messages %}<p>{{ message }}</p>{% endfor %}"
    return HttpResponse(engines["django"].from_string(piece).render({}, request))


def bug(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug")


@login_required
def imports(request: HttpRequest) -> HttpResponseBase:
    return import_page(request, [UserImporter], title="Import users", back_url="/")


urlpatterns = [
    path("test/users/", users),
    path("test/conflict/", conflict),
    path("api/test/conflict/", conflict),
    path("test/users/refuse/", posted),
    path("test/told/", told),
    path("test/drawn/", drawn),
    path("test/bug/", bug),
    path("test/imports/", imports),
    path("test/secret/", login_required(told)),
    *urlpatterns,
]
