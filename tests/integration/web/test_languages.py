"""In Chinese, every page and every error is Chinese: no text of the product stays English."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

import polib
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models, transaction
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone
from rest_framework.test import APIClient

from teamhub import weeks
from tests.cast import api_client

if TYPE_CHECKING:
    from teamhub.accounts.models import User

pytestmark = pytest.mark.django_db

CATALOG = Path(__file__).resolve().parents[3] / "locale/zh_Hans/LC_MESSAGES/django.po"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z]{2,}")
# Three words in a row, one of them at least of small letters only: "of the phase", "Save the row".
ENGLISH = re.compile(r"(?:[A-Za-z]+[ ,;:]+){2,}[a-z]{2,}|[A-Za-z]+ [a-z]{2,} [A-Za-z]+")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")
SPOKEN = ("title", "aria-label", "placeholder", "alt", "label")
SILENT = {"script", "style", "code", "pre", "kbd", "svg"}
VISITS_OF_A_PAGE = 2  # with different objects, filters, kinds
# No pages: programs read them, or they are files.
SKIPPED = {"api", "static", "healthz", "readyz"}


# --- what the product says ------------------------------------------------------------------------


class Reader(HTMLParser):
    """The words of a page that people read or hear, one piece each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.is_whole, self.language = False, ""
        self.pieces: list[str] = []
        self.links: list[str] = []
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html":
            self.is_whole = True
            self.language = given.get("lang", "")
        if tag == "a":
            self.links.append(given.get("href", ""))
        self.links += [given[name] for name in ("hx-get",) if name in given]
        if tag in SILENT:
            self._open.append(tag)
        if tag == "input" and given.get("type") == "submit":
            self._say(given.get("value", ""))
        for name, value in given.items():
            if name in SPOKEN or name.startswith(("data-confirm", "data-default")):
                self._say(value)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not self._open:
            self._say(data)

    def _say(self, words: str) -> None:
        words = " ".join(words.split())
        if WORD.search(words):
            self.pieces.append(words)


class English:
    """Finds English words of the product, told apart from what the company itself wrote."""

    def __init__(self, data: Iterable[str] = ()) -> None:
        catalog = [entry for entry in polib.pofile(str(CATALOG)) if entry.translated()]
        texts = {
            text
            for entry in catalog
            for text in (entry.msgid, entry.msgid_plural)
            if text and text not in (entry.msgstr, *entry.msgstr_plural.values())
        }
        self.single = {text for text in texts if WORD.fullmatch(text)}
        several = sorted(" ".join(text.split()) for text in texts if len(WORD.findall(text)) > 1)
        self.several = re.compile("|".join(map(_as_pattern, several)))
        self.data = {" ".join(text.split()) for text in data}
        long = sorted((each for each in self.data if len(each) > 3), key=len, reverse=True)
        self.parts = re.compile("|".join(map(re.escape, long)) or "(?!)")
        self._judged: dict[str, bool] = {}  # pages have most of their pieces in common

    def left(self, pieces: Iterable[str]) -> Iterator[str]:
        for piece in pieces:
            if piece not in self._judged:
                self._judged[piece] = self._is_english(piece)
            if self._judged[piece]:
                yield piece

    def _is_english(self, piece: str) -> bool:
        if piece in self.data or not WORD.search(piece):
            return False
        own = self.parts.sub("…", piece)
        return bool(own in self.single or ENGLISH.search(own) or self.several.search(own))


def _as_pattern(text: str) -> str:
    """The text with anything in place of its placeholders, at the bounds of words."""
    words = ".{0,80}?".join(re.escape(part) for part in PLACEHOLDER.split(text.replace("%%", "%")))
    return rf"(?<![A-Za-z]){words}(?![A-Za-z])"


def company_words() -> Iterator[str]:
    """Every text that is stored, but not the English of rows that have a Chinese name."""
    for model in apps.get_models():
        fields = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField) and not field.choices
        ]
        for row in model._default_manager.values(*fields):
            for name, value in row.items():
                chinese = row.get(name.removesuffix("_en") + "_zh")
                if value and not (name.endswith("_en") and chinese):
                    yield str(value)


# --- the walk -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def company(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The demo company, once for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def english(company: None) -> English:
    return English(company_words())


def user_named(username: str) -> User:
    from teamhub.accounts.models import User

    return User.objects.get(username=username)


def in_chinese(username: str) -> Client:
    """A browser of this user of the demo company, who chose Chinese."""
    user = user_named(username)
    user.language = "zh-hans"
    user.save(update_fields=["language"])
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def walk(client: Client, start: str) -> Iterator[tuple[str, Reader]]:
    """Yield address and what was read of all that links lead to, each kind of page a few times."""
    waiting, seen, visits = [start], {start}, Counter[str]()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, address
        if "text/html" not in answer.get("Content-Type", ""):
            continue
        page = Reader(answer.content.decode())
        yield address, page
        for link in page.links:
            there = urljoin(address, link.split("#")[0])
            kind = _kind(there)
            if kind and there not in seen and visits[kind] < VISITS_OF_A_PAGE:
                seen.add(there)
                visits[kind] += 1
                waiting.append(there)


def _kind(address: str) -> str:
    """Page and names of the filters; empty for what is no page of ours."""
    parts = urlsplit(address)
    if parts.netloc or parts.scheme not in {"", "http"}:
        return ""
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return ""
    asked = dict(parse_qsl(parts.query))
    if name.split(":")[0] in SKIPPED or "format" in asked or "export" in name:
        return ""
    return " ".join([name, *sorted(asked)])


@pytest.mark.parametrize("username", ["admin", "ada", "bo"])
def test_every_page_is_chinese(company: None, english: English, username: str) -> None:
    client = in_chinese(username)
    found: dict[str, str] = {}
    kinds = set()

    for address, page in walk(client, "/"):
        kinds.add(_kind(address))
        if page.is_whole and page.language != "zh-hans":
            found[f"lang={page.language}"] = address
        for words in english.left(page.pieces):
            found.setdefault(words, address)

    assert not found, "\n".join(f"{at}: {words}" for words, at in found.items())
    assert len({kind.split()[0] for kind in kinds if kind}) > 15


FORMS = (
    "/people/new/",
    "/people/departments/new/",
    "/people/sites/new/",
    "/people/roles/skills/new/",
    "/people/import/",
    "/projects/new/",
    "/projects/import/",
    "/staffing/",
    "/accounts/users/invite/",
    "/accounts/tokens/create/",
    "/accounts/password/",
)
WRONG = {"key": "no key!", "start_on": "2027-01-05", "email": "nobody", "seconds": "0"}


@pytest.mark.parametrize("data", [{}, WRONG], ids=["empty", "wrong"])
def test_refused_forms_answer_in_chinese(company: None, data: dict[str, str]) -> None:
    client = in_chinese("admin")
    english = English(company_words())

    for address in FORMS:
        answer = client.post(address, data)
        assert answer.status_code in {200, 400, 403, 422}, address
        assert CHINESE.search(answer.content.decode())
        assert not list(english.left(Reader(answer.content.decode()).pieces)), address


@pytest.mark.parametrize("noun", ["departments", "sites", "roles/skills", ""])
def test_a_taken_key_is_told_in_chinese(company: None, noun: str) -> None:
    from roles.models import Department, Person, Site, Skill

    of = {"departments": Department, "sites": Site, "roles/skills": Skill, "": Person}
    taken = of[noun].objects.values_list("key", flat=True)[0]  # type: ignore[attr-defined]

    answer = in_chinese("admin").post(f"/people/{noun}/new/".replace("//", "/"), {"key": taken})

    page = answer.content.decode()
    assert "该编号已被使用" in page or "已存在" in page
    assert not list(English(company_words()).left(Reader(page).pieces))


# --- reference data, programs, guests -------------------------------------------------------------


def test_reference_data_show_their_chinese_names(company: None) -> None:
    from roles.models import Role

    role = Role.objects.exclude(name_zh="").first()
    assert role is not None

    page = in_chinese("ada").get("/people/roles/").content.decode()

    assert f">{role.name_zh}<" in page
    assert f">{role.name_en}<" not in page


@pytest.mark.parametrize("address", ["/accounts/login/", "/accounts/reset/", "/nowhere/"])
def test_a_guest_reads_the_language_of_the_browser(client: Client, address: str) -> None:
    answer = client.get(address, headers={"accept-language": "zh-CN,zh;q=0.9"}, follow=True)
    read = Reader(answer.content.decode())

    assert read.language == "zh-hans"
    assert not list(English().left(read.pieces))


@pytest.mark.parametrize(
    ("who", "method", "address", "body", "status"),
    [
        ("nobody", "get", "/api/v1/projects/projects/", None, 401),
        ("ada", "get", "/api/v1/projects/projects/999999/", None, 404),
        ("ada", "get", "/api/v1/nowhere/", None, 404),
        ("ada", "get", "/api/v1/projects/projects/?page=x", None, 400),
        ("ada", "get", "/api/v1/roles/load/?from=2027-01-05", None, 400),
        ("ada", "post", "/api/v1/projects/projects/", {}, 400),
        ("ada", "post", "/api/v1/roles/people/", {"key": "x"}, 405),
        ("bo", "post", "/api/v1/projects/projects/", {"name": "X"}, 403),
        ("ada", "get", "/api/v1/roles/people/?min_level=9", None, 400),
        ("ada", "post", "/api/v1/projects/staffing-runs/", {"projects": []}, 400),
    ],
)
def test_an_error_of_the_api_speaks_the_language_that_was_asked_for(
    company: None, who: str, method: str, address: str, body: Any, status: int
) -> None:
    client = APIClient() if who == "nobody" else api_client(user_named(who))

    answer = getattr(client, method)(
        address, body, format="json", headers={"accept-language": "zh-hans"}
    )

    error = answer.json()["error"]
    assert answer.status_code == status, error
    assert CHINESE.search(error["message"])
    parameters = parse_qs(urlsplit(address).query)
    assert not list(English(parameters).left([error["message"]]))


# --- the check itself -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("piece", "is_english"),
    [
        ("There is no project “abc”.", True),  # with a placeholder
        ("Save", True),
        ("Nobody ever marked this sentence", True),
        ("Wei leads Vision", False),  # the company's own words
        ("项目 Wei leads Vision", False),
        ("CSV UTF-8", False),
        ("每 FTE 周费率", False),
        ("没有项目“abc”。", False),
    ],
)
def test_english_words_are_told_from_data(piece: str, is_english: bool) -> None:
    assert bool(list(English(["Wei leads Vision"]).left([piece]))) is is_english


# --- the company itself, which is built here anyway: what the README promises of it ---------------


def test_the_adopted_plan_of_the_company_lacks_devices_in_one_week(company: None) -> None:
    from capacity import demo
    from capacity.models import Allocation, CapacityPlan, Pool
    from capacity.selectors.joint_home import shortage

    plan = CapacityPlan.objects.get()
    (short,) = shortage(plan, plan.start_on).short

    assert Pool.objects.count() == 6
    assert Pool.objects.values("site").distinct().count() == 4
    assert {pool.accelerator.kind for pool in Pool.objects.all()} == {"gpu", "tpu", "cpu"}
    assert plan.adopted_by is not None
    assert (plan.outcome, plan.adopted_by.username) == ("proven", "plan")
    assert not Allocation.objects.filter(plan=plan, adopted=False).exists()
    assert short.pool.key == demo.SHORT_POOL
    assert short.week.week_on == weeks.add_weeks(plan.start_on, 8)  # README: the ninth
    assert (short.week.supply, short.week.lacking) == (0, demo.SHORT["devices"])
    assert [row.workload.name_en for row in plan.left_out.all()] == [demo.SHORT["name_en"]]


def test_resource_planning_that_is_over_is_closed_by_its_gate(company: None) -> None:
    from projects.models import Phase

    over = Phase.objects.filter(key="research", end_on__lte=weeks.monday(timezone.localdate()))

    assert over.count() >= 3
    assert not over.filter(closed_at__isnull=True).exists()
