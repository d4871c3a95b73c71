"""Find a case by name, pinyin, initials, phone, card tail or case number, while one types."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

_TRIGRAM = 3
_LONGEST = 60  # characters of a search; more is a paste by mistake
_GAPS = re.compile(r"[\s()+-]+")  # how people space numbers and pinyin


def refresh(conn: sa.Connection, case_ids: Collection[str]) -> None:
    """Index the cases again; those that are gone leave the index."""
    from pypinyin import Style, lazy_pinyin

    ids = tuple(case_ids)
    marks = ", ".join("?" * len(ids))
    words: dict[str, list[str]] = defaultdict(list)
    for case_id, name, number in conn.exec_driver_sql(
        f"SELECT c.id, d.name, c.number FROM cases c JOIN debtor d ON d.case_id = c.id WHERE c.id IN ({marks})",  # noqa: S608
        ids,
    ):
        initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
        words[case_id] += [name, "".join(lazy_pinyin(name)), initials, number]
    for case_id, card in conn.exec_driver_sql(
        f"SELECT case_id, number FROM account WHERE case_id IN ({marks})",  # noqa: S608
        ids,
    ):
        words[case_id].append(card[-4:])
    for case_id, phone in conn.exec_driver_sql(
        f"SELECT case_id, value FROM contact_point WHERE kind = 'phone' AND case_id IN ({marks})",  # noqa: S608
        ids,
    ):
        words[case_id].append("".join(filter(str.isdigit, phone)))
    for case_id, phone in conn.exec_driver_sql(
        "SELECT r.case_id, p.value ->> 'value' FROM case_row r, json_each(r.state, '$.added_points') p"  # noqa: S608
        f" WHERE p.value ->> 'kind' = 'phone' AND r.case_id IN ({marks})",
        ids,
    ):
        words[case_id].append("".join(filter(str.isdigit, phone)))
    conn.exec_driver_sql(f"DELETE FROM case_search WHERE case_id IN ({marks})", ids)  # noqa: S608
    if words:
        conn.exec_driver_sql(
            "INSERT INTO case_search (case_id, words) VALUES (?, ?)",
            [(case_id, "\n".join(texts).lower()) for case_id, texts in words.items()],
        )


def search(conn: sa.Connection, text: str, limit: int = 50) -> list[str]:
    """Case ids; a text of one or two characters is looked for by scanning, a longer one in the index.

    "138 0000 6620" and "Wang Xiaoming" are also looked for as the index holds them, without gaps.
    """
    typed = text.encode(errors="ignore").decode().replace("\0", "").strip().lower()[:_LONGEST]
    wanted = dict.fromkeys([typed, _GAPS.sub("", typed)])
    wanted.pop("", None)
    if not wanted:
        return []
    if all(len(form) >= _TRIGRAM for form in wanted):
        quoted = " OR ".join('"' + form.replace('"', '""') + '"' for form in wanted)
        query, values = "SELECT case_id FROM case_search WHERE case_search MATCH ? ORDER BY rank LIMIT ?", [quoted]
    else:
        either = " OR ".join(["words LIKE ? ESCAPE '\\'"] * len(wanted))
        query, values = f"SELECT case_id FROM case_search WHERE {either} LIMIT ?", list(map(_like, wanted))  # noqa: S608
    return [row[0] for row in conn.exec_driver_sql(query, (*values, limit))]


def _like(form: str) -> str:
    escaped = form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
