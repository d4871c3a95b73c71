"""Where a rule stands in a TOML text of `[[rule]]` tables, which tomllib does not tell: for faults that name a line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

_ROW = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_ID = re.compile(r"\s*id\s*=\s*[\"'](?P<id>[^\"']*)")
_AT_LINE = re.compile(r"at line (\d+)")


class NotToml(ValueError):
    """The text is not TOML; `line` says where, `rule` in which rule, as far as that can be told."""

    def __init__(self, problem: str, line: int, rule: str) -> None:
        super().__init__(problem)
        self.line, self.rule = line, rule


def parse(text: str) -> dict[str, Any]:
    """The tables of the text, or `NotToml`."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # tomllib lets a number of too many digits through as a ValueError
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found else text.count("\n") + 1
        raise NotToml(str(error), line, rule_at(text, line)) from None


def row_lines(text: str, rows: Sequence[object]) -> Sequence[int]:
    """The line of each row: that of its [[rule]]; without one, where its id first is."""
    content = text.split("\n")
    lines = [number for number, line in enumerate(content, 1) if _ROW.match(line)]
    if len(lines) == len(rows):
        return lines
    ids = [row.get("id") if isinstance(row, dict) else None for row in rows]
    return [
        next((n for n, line in enumerate(content, 1) if isinstance(rule_id, str) and rule_id in line), 1)
        for rule_id in ids
    ]


def rule_at(text: str, line: int) -> str:
    """The id of the rule that the line belongs to, in a text that may not be TOML; `-` where there is none."""
    lines = text.split("\n")
    start = max((number for number, content in enumerate(lines[:line]) if _ROW.match(content)), default=None)
    if start is None:
        return "-"
    for content in lines[start + 1 :]:
        if _ROW.match(content):
            break
        if found := _ID.match(content):
            return found["id"]
    return "-"


def key_line(text: str, row: int, *keys: str) -> int:
    """The line that sets the first of the dotted keys there is in the rule that begins on line `row`; else `row`."""
    lines = text.split("\n")
    named: dict[str, int] = {}
    for number, content in enumerate(lines[row:], row + 1):
        if _ROW.match(content):
            break
        named.setdefault(content.partition("=")[0].replace(" ", "").replace('"', ""), number)
    forms = (form for key in keys for form in (key, key.rpartition(".")[2]))
    return next((named[form] for form in forms if form in named), row)
