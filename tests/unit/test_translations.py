"""Every text that the product shows is in the Chinese catalog, and the check notices if not."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from scripts import translations

ROOT = Path(__file__).resolve().parents[2]
CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext_lazy

_("Seat")
_("%(name)s has "
  "left.")
ngettext("%(n)d week", "%(n)d weeks", 2)
pgettext_lazy("phase", "closed")
_(word)
"""
TEMPLATE = """{% load i18n %}
{# a note with _("Nothing") in it #}
  <p title="{% translate 'Hint' %}">{% blocktranslate trimmed count n=rows %}
    {{ n }} row
    {% plural %}
    {{ n }} rows
  {% endblocktranslate %}</p>
{% if it's %}{{ _("Inline") }}{% endif %}
{% translate "open" context "seat" %}
"""
MARKED = {
    ("", "Seat"): "",
    ("", "%(name)s has left."): "",
    ("", "%(n)d week"): "%(n)d weeks",
    ("phase", "closed"): "",
    ("", "Hint"): "",
    ("", "%(n)s row"): "%(n)s rows",
    ("", "Inline"): "",
    ("seat", "open"): "",
}


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A small product whose catalog is complete."""
    for name, written in (("roles/views.py", CODE), ("templates/roles/page.html", TEMPLATE)):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(written)
    path = tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    polib.POFile().save(str(path))
    translations.update_all(tmp_path)
    catalog = polib.pofile(str(path))
    for entry in catalog:
        said = f"中文 {entry.msgid}"
        if entry.msgid_plural:
            entry.msgstr_plural = {0: said}
        else:
            entry.msgstr = said
    catalog.save(str(path))
    translations.compile_all(tmp_path)
    return tmp_path


def catalog_of(product: Path) -> polib.POFile:
    return polib.pofile(str(translations.catalogs(product)[0]))


def change(product: Path, msgid: str, **fields: object) -> None:
    """Change one entry and compile, so that nothing but the change is wrong."""
    catalog = catalog_of(product)
    for name, value in fields.items():
        setattr(catalog.find(msgid), name, value)
    catalog.save()
    translations.compile_all(product)


# --- the product ----------------------------------------------------------------------------------


def test_every_text_of_the_product_is_in_the_chinese_catalog() -> None:
    assert translations.check_all(ROOT) == []


def test_the_product_has_a_chinese_catalog_with_a_plain_header() -> None:
    (path,) = translations.catalogs(ROOT)
    catalog = polib.pofile(str(path))

    assert path.parent.parent.name == "zh_Hans"
    assert catalog.metadata["Language"] == "zh_Hans"
    assert catalog.metadata["Plural-Forms"] == "nplurals=1; plural=0;"


def test_chinese_sentences_end_in_chinese_punctuation() -> None:
    catalog = polib.pofile(str(translations.catalogs(ROOT)[0]))

    wrong = [
        entry.msgid
        for entry in catalog
        for said in (entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr])
        if said.endswith((".", "!", "?", ",")) and not said.endswith(("etc.", "..."))
    ]

    assert wrong == []


# --- reading --------------------------------------------------------------------------------------


def test_the_texts_of_code_and_templates_are_read(product: Path) -> None:
    found = {key: text.plural for key, text in translations.texts(product).items()}

    assert found == MARKED


def test_an_import_that_hides_texts_is_named(product: Path) -> None:
    (product / "roles/forms.py").write_text(
        "from django.utils.translation import gettext_lazy as _lazy\n_lazy('Lost')\n"
    )

    (found,) = translations.check_all(product)

    assert found.startswith("roles/forms.py:1: gettext_lazy as _lazy hides its texts")


# --- what is refused ------------------------------------------------------------------------------


def test_a_complete_catalog_is_good(product: Path) -> None:
    assert translations.check_all(product) == []


def test_a_new_text_in_the_code_is_missing(product: Path) -> None:
    (product / "roles/forms.py").write_text("_('New text')\n")

    (found,) = translations.check_all(product)

    assert "missing: 'New text' of roles/forms.py" in found


def test_a_new_text_in_a_template_is_missing(product: Path) -> None:
    (product / "templates/new.html").write_text("{% load i18n %}{% translate 'New text' %}")

    (found,) = translations.check_all(product)

    assert "missing: 'New text' of templates/new.html" in found


def test_a_text_that_nobody_uses_any_more_is_refused(product: Path) -> None:
    (product / "templates/roles/page.html").unlink()

    found = translations.check_all(product)

    assert sorted(each.split("nobody uses ")[1].split(":")[0] for each in found) == [
        "'%(n)s row'",
        "'Hint'",
        "'Inline'",
        "'open'",
    ]


def test_a_changed_plural_is_refused(product: Path) -> None:
    code = (product / "roles/views.py").read_text()
    (product / "roles/views.py").write_text(code.replace('"%(n)d weeks"', '"%(n)d whole weeks"'))

    (found,) = translations.check_all(product)

    assert "another plural than in roles/views.py: '%(n)d week'" in found


@pytest.mark.parametrize(
    ("msgid", "fields", "complaint"),
    [
        ("Seat", {"msgstr": ""}, "not translated: 'Seat'"),
        ("%(n)s row", {"msgstr_plural": {0: ""}}, "not translated: '%(n)s row'"),
        ("Seat", {"flags": ["fuzzy"]}, "fuzzy: 'Seat'"),
        ("Seat", {"obsolete": 1}, "obsolete: 'Seat'"),
        (
            "%(name)s has left.",
            {"msgstr": "%(nmae)s 已离开。"},
            "placeholders ['%(nmae)s'] instead of ['%(name)s']: '%(name)s has left.'",
        ),
        (
            "%(n)s row",
            {"msgstr_plural": {0: "多行"}},
            "placeholders [] instead of ['%(n)s']: '%(n)s row'",
        ),
    ],
)
def test_a_bad_translation_is_refused(
    product: Path, msgid: str, fields: dict[str, object], complaint: str
) -> None:
    change(product, msgid, **fields)

    assert any(found.endswith(complaint) for found in translations.check_all(product))


def test_a_fuzzy_header_is_refused(product: Path) -> None:
    path = translations.catalogs(product)[0]
    path.write_text("#, fuzzy\n" + path.read_text().lstrip("#\n "))

    assert any(found.endswith("fuzzy: the header") for found in translations.check_all(product))


def test_a_catalog_that_was_not_compiled_is_refused(product: Path) -> None:
    path = translations.catalogs(product)[0]
    path.write_text(path.read_text().replace("中文 Seat", "岗位"))

    (found,) = translations.check_all(product)

    assert "django.mo is not what django.po says" in found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%(b)s of %(a)d", ["%(a)d", "%(b)s"]),
        ("%s before %d", ["%s", "%d"]),
        ("{n} at 100 %%", ["{n}"]),
        ("100 % sure", []),
        ("W%(week)02d", ["%(week)d"]),
    ],
)
def test_placeholders_are_found(text: str, found: list[str]) -> None:
    assert translations.placeholders(text) == found


# --- --update -------------------------------------------------------------------------------------


def test_an_update_keeps_translations_adds_new_texts_and_drops_old_ones(product: Path) -> None:
    (product / "templates/roles/page.html").write_text("{% load i18n %}{% translate 'New' %}")

    translations.update_all(product)

    catalog = {(e.msgctxt or "", e.msgid): e.msgstr for e in catalog_of(product)}
    assert catalog["", "Seat"] == "中文 Seat"
    assert catalog["phase", "closed"] == "中文 closed"
    assert catalog["", "New"] == ""
    assert ("", "Hint") not in catalog


def test_an_update_of_what_is_in_step_changes_nothing(product: Path) -> None:
    path = translations.catalogs(product)[0]
    translations.update_all(product)
    before = path.read_text()

    translations.update_all(product)

    assert path.read_text() == before
