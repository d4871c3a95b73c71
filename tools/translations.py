"""Gathers the program's sentences into the catalogues: `make translations`; `--check` only says what is missing.

English is what the code says, so its catalogue may stay empty except for plurals.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALES = ROOT / "resources" / "locale"
ROOMS = ("workstation", "ui", "letters", "local_db")
# Function → positions of the sentence and its plural. `_L` marks labels kept in tables.
KEYWORDS: dict[str, tuple[int, ...] | None] = {"msg": None, "nmsg": (1, 2), "tr": None, "ntr": (1, 2), "_L": None}


def sentences() -> Catalog:
    """Every sentence in the code, with the files it stands in."""
    found = Catalog(project="collector-workstation", charset="utf-8")
    for room in ROOMS:
        extracted = extract_from_dir(ROOT / room, [("**.py", "python")], keywords=KEYWORDS, comment_tags=())
        for name, line, message, _comments, context in extracted:
            found.add(message, None, [(f"{room}/{Path(name).as_posix()}", line)], context=context)
    return found


def catalogues() -> Iterator[tuple[str, Path]]:
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/workstation.po")):
        yield path.parents[1].name, path


def untranslated(catalogue: Catalog) -> list[str]:
    return [str(entry.id) for entry in catalogue if entry.id and not all(_strings(entry.string or ""))]


def _strings(string: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


def main(arguments: list[str]) -> int:
    template = sentences()
    missing = 0
    for language, path in catalogues():
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language)
        catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
        catalogue.obsolete.clear()
        if "--check" not in arguments:
            with path.open("wb") as file:
                # Line numbers would change the catalogue with every edit of the code.
                write_po(file, catalogue, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
        lacking = [] if language == "en" else untranslated(catalogue)
        missing += len(lacking)
        print(f"{language}: {len(template)} sentences, {len(lacking)} untranslated")
        for sentence in lacking[:20]:
            print(f"  {sentence}")
    return 1 if missing and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
