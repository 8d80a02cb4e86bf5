"""Compile locale/*/LC_MESSAGES/*.po to the .mo files that are committed, without gettext tools.

`--check` compiles nothing: it fails when a .mo file does not say what its .po file says, or when a
message is untranslated or only guessed ("fuzzy").
"""

from __future__ import annotations

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
COMMAND = "python scripts/translations.py"


def catalogs(root: Path) -> list[Path]:
    return sorted((root / "locale").glob("*/LC_MESSAGES/*.po"))


def compile_all(root: Path) -> None:
    for path in catalogs(root):
        polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
        print(f"compiled {path.relative_to(root)}")


def complaints(path: Path) -> list[str]:
    """Say what is wrong with one catalog."""
    catalog = polib.pofile(str(path))
    found = [f"not translated: {entry.msgid!r}" for entry in catalog.untranslated_entries()]
    found += [f"fuzzy: {entry.msgid!r}" for entry in catalog.fuzzy_entries()]
    compiled = path.with_suffix(".mo")
    if not compiled.exists() or _meaning(polib.mofile(str(compiled))) != _meaning(catalog):
        found.append(f"{compiled.name} is not what {path.name} says: run {COMMAND}")
    return found


def _meaning(catalog: polib.POFile | polib.MOFile) -> dict[tuple[str, str], object]:
    return {
        (entry.msgctxt or "", entry.msgid): entry.msgstr_plural or entry.msgstr
        for entry in catalog.translated_entries()
    }


def main(arguments: list[str]) -> int:
    if "--check" not in arguments:
        compile_all(ROOT)
        return 0
    failed = False
    for path in catalogs(ROOT):
        for complaint in complaints(path):
            failed = True
            print(f"{path.relative_to(ROOT)}: {complaint}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
