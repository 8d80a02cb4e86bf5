"""Keep locale/*/LC_MESSAGES/*.po and .mo in step with the texts of the product, without gettext.

Without an argument: compile every .po to its .mo; both are committed.
`--update`: add the texts that code and templates use to every .po, drop those that nobody uses,
and compile. What is new is left empty, to be translated by hand.
`--check` writes nothing: it fails when a text is missing, empty, guessed ("fuzzy") or unused, when
a translation has other placeholders than its text, or when a .mo does not say what its .po says.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "python scripts/translations.py"
PACKAGES = ("teamhub", "roles", "projects", "capacity", "models_ml")
TEMPLATES = ("*.html", "*.txt")
# What each function takes, in order: c context, 1 text, 2 plural. makemessages knows these too.
FUNCTIONS = {
    "_": "1",
    "gettext": "1",
    "gettext_lazy": "1",
    "gettext_noop": "1",
    "ngettext": "12",
    "ngettext_lazy": "12",
    "pgettext": "c1",
    "pgettext_lazy": "c1",
    "npgettext": "c12",
    "npgettext_lazy": "c12",
}
KEYWORDS: dict[str, Any] = dict.fromkeys(FUNCTIONS)  # Babel finds all words of their calls
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*[sdifge]|%[\d.]*[sdif]|\{(\w*)\}")
WIDTH = re.compile(r"(?<=[%)])[#0\- +\d.]+")
CONVERTED = re.compile(r"%(?:\(\w+\))?[#0\- +]*[\d.]*[sdifge]")

Key = tuple[str, str]  # context, text


@dataclass
class Text:
    """One text of the product."""

    plural: str
    files: list[str]


# --- reading the texts of the product ------------------------------------------------------------


def texts(root: Path) -> dict[Key, Text]:
    """Return every text that code or templates mark, in the order of their files."""
    found: dict[Key, Text] = {}
    for path in sources(root):
        name = path.relative_to(root).as_posix()
        for context, text, plural in read_texts(path):
            known = found.setdefault((context, text), Text(plural, []))
            known.plural = known.plural or plural
            if name not in known.files:
                known.files.append(name)
    return found


def sources(root: Path) -> list[Path]:
    """List the files whose texts users see."""
    found = [path for package in PACKAGES for path in (root / package).rglob("*.py")]
    found += [path for pattern in TEMPLATES for path in (root / "templates").rglob(pattern)]
    return sorted(found)


def read_texts(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield context, text and plural of each marked text of a file."""
    written = path.read_text("utf-8")
    if path.suffix == ".py":
        yield from _python_texts(ast.parse(written))
    else:
        yield from _template_texts(written, str(path))


def _python_texts(tree: ast.AST) -> Iterator[tuple[str, str, str]]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        parts = FUNCTIONS.get(_called(call), "")
        values = [getattr(each, "value", None) for each in call.args[: len(parts)]]
        words = [value for value in values if isinstance(value, str)]
        if parts and len(words) == len(parts):
            given = dict(zip(parts, words, strict=True))
            yield given.get("c", ""), given["1"], given.get("2", "")


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _template_texts(written: str, origin: str) -> Iterator[tuple[str, str, str]]:
    # Django turns all but the marked texts into words without meaning; inside brackets their
    # indentation says nothing, so they can be read as Python.
    code = f"({templatize(written, origin=origin)}\n)".encode()
    calls: Iterable[Any] = extract_python(io.BytesIO(code), KEYWORDS, [], {"encoding": "utf-8"})
    for _line, name, said, _comments in calls:
        words = [word for word in (said if isinstance(said, tuple) else (said,)) if word]
        given = dict(zip(FUNCTIONS[name], words, strict=False))
        if "1" in given:
            yield given.get("c", ""), given["1"], given.get("2", "")


def hidden_functions(root: Path) -> list[str]:
    """Name imports of gettext under a name that neither this program nor makemessages looks for."""
    found = []
    for path in sources(root):
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                found += [
                    f"{path.relative_to(root)}:{node.lineno}: {name.name} as {name.asname} hides"
                    " its texts; import it as _ or under its own name"
                    for name in node.names
                    if name.name in FUNCTIONS and name.asname not in {None, "_"}
                ]
    return found


# --- catalogs ------------------------------------------------------------------------------------


def catalogs(root: Path) -> list[Path]:
    return sorted((root / "locale").glob("*/LC_MESSAGES/*.po"))


def compile_all(root: Path) -> None:
    for path in catalogs(root):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
        print(f"compiled {path.relative_to(root)}")


def update_all(root: Path) -> None:
    used = texts(root)
    for path in catalogs(root):
        empty = update(path, used)
        print(f"{path.relative_to(root)}: {len(used)} texts, {empty} to be translated")


def update(path: Path, used: dict[Key, Text]) -> int:
    """Give the catalog exactly the used texts; return how many have no translation yet."""
    old = polib.pofile(str(path), wrapwidth=99)
    known = {_key(entry): entry for entry in old if not entry.obsolete}
    old.clear()
    for key, text in used.items():
        old.append(_entry(key, text, known.get(key)))
    old.save(str(path))
    return len(old.untranslated_entries())


def _entry(key: Key, text: Text, known: polib.POEntry | None) -> polib.POEntry:
    context, msgid = key
    entry = polib.POEntry(
        msgctxt=context or None,
        msgid=msgid,
        occurrences=[(name, "") for name in text.files],
        flags=["python-format"] if CONVERTED.search(msgid + text.plural) else [],
        tcomment=known.tcomment if known else "",
    )
    said = (known.msgstr or known.msgstr_plural.get(0, "")) if known else ""
    if text.plural:
        entry.msgid_plural = text.plural
        entry.msgstr_plural = (known.msgstr_plural if known else None) or {0: said}
    else:
        entry.msgstr = said
    return entry


def _key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid


# --- checks --------------------------------------------------------------------------------------


def complaints(path: Path, used: dict[Key, Text] | None = None) -> list[str]:
    """Say what is wrong with one catalog; against the used texts if they are given."""
    catalog = polib.pofile(str(path))
    found = [f"not translated: {entry.msgid!r}" for entry in catalog.untranslated_entries()]
    found += [f"fuzzy: {entry.msgid!r}" for entry in catalog.fuzzy_entries()]
    found += [f"obsolete: {entry.msgid!r}" for entry in catalog.obsolete_entries()]
    if catalog.metadata_is_fuzzy:
        found.append("fuzzy: the header")
    for entry in catalog.translated_entries():
        found += _placeholder_complaints(entry)
    if used is not None:
        found += _use_complaints(catalog, used)
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or _meaning(polib.mofile(str(compiled))) != _meaning(catalog):
        found.append(f"{compiled.name} is not what {path.name} says: run {COMMAND}")
    return found


def _use_complaints(catalog: polib.POFile, used: dict[Key, Text]) -> list[str]:
    known = {_key(entry): entry for entry in catalog if not entry.obsolete}
    fix = f"run {COMMAND} --update and translate"
    found = [
        f"missing: {key[1]!r} of {text.files[0]}: {fix}"
        for key, text in used.items()
        if key not in known
    ]
    found += [f"nobody uses {key[1]!r}: {fix}" for key in known if key not in used]
    return found + [
        f"another plural than in {text.files[0]}: {key[1]!r}: {fix}"
        for key, text in used.items()
        if key in known and known[key].msgid_plural != text.plural
    ]


def _placeholder_complaints(entry: polib.POEntry) -> list[str]:
    wanted = placeholders(entry.msgid_plural or entry.msgid)
    said = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return [
        f"placeholders {placeholders(each)} instead of {wanted}: {entry.msgid!r}"
        for each in said
        if placeholders(each) != wanted
    ]


def placeholders(text: str) -> list[str]:
    """Return what is filled in later, sorted; those without a name in their order.

    Width and zeros are the language's own affair: W%(week)02d may become %(week)d.
    """
    found = [
        WIDTH.sub("", match.group(0)) for match in PLACEHOLDER.finditer(text.replace("%%", ""))
    ]
    return sorted({each for each in found if each[1] in "({"}) + [
        each for each in found if each[1] not in "({"
    ]


def _meaning(catalog: polib.POFile | polib.MOFile) -> dict[Key, object]:
    return {
        _key(entry): entry.msgstr_plural or entry.msgstr for entry in catalog.translated_entries()
    }


def check_all(root: Path) -> list[str]:
    used = texts(root)
    return hidden_functions(root) + [
        f"{path.relative_to(root)}: {complaint}"
        for path in catalogs(root)
        for complaint in complaints(path, used)
    ]


def main(arguments: list[str]) -> int:
    if "--check" in arguments:
        found = check_all(ROOT)
        print(*found, sep="\n", end="\n" if found else "")
        return int(bool(found))
    if "--update" in arguments:
        update_all(ROOT)
    compile_all(ROOT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
