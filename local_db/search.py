"""Find a case by name, pinyin, initials, phone, card tail or case number, while one types."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

_TRIGRAM = 3
_LONGEST, _PASTED = 60, 600  # characters of a search, and of a paste that are looked at
_TONES = frozenset("\u0300\u0301\u0304\u030c")  # as marks of their own, behind the vowel
_GAPS = re.compile(r"[\s()+-]+")  # how people space numbers and pinyin
_ABROAD = re.compile(r"^(?:00)?86(?=1\d{10}$)")  # a Chinese mobile number as it is dialled from abroad
# Surnames that are read otherwise than the same character elsewhere: both readings are indexed.
_SURNAMES = {
    "单": "shan", "解": "xie", "曾": "zeng", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge",
    "任": "ren", "华": "hua", "覃": "qin", "乐": "yue", "翟": "zhai", "缪": "miao", "种": "chong", "员": "yun",
    "召": "shao", "折": "she", "秘": "bi", "冼": "xian", "牟": "mu", "卜": "bu", "尉迟": "yuchi", "万俟": "moqi",
    "长孙": "zhangsun",
}  # fmt: skip


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
        syllables, letters = lazy_pinyin(name), lazy_pinyin(name, style=Style.FIRST_LETTER)
        words[case_id] += [name, "".join(syllables), "".join(letters), number]
        surname = next((name[:size] for size in (2, 1) if name[:size] in _SURNAMES), "")
        read = _SURNAMES.get(surname, "")
        if read and not "".join(syllables).startswith(read):
            given = len(surname)
            words[case_id] += [read + "".join(syllables[given:]), read[0] + "".join(letters[given:])]
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
    wanted = forms(text)
    if not wanted:
        return []
    if all(len(form) >= _TRIGRAM for form in wanted):
        quoted = " OR ".join('"' + form.replace('"', '""') + '"' for form in wanted)
        query, values = "SELECT case_id FROM case_search WHERE case_search MATCH ? ORDER BY rank LIMIT ?", [quoted]
    else:
        either = " OR ".join(["words LIKE ? ESCAPE '\\'"] * len(wanted))
        query, values = f"SELECT case_id FROM case_search WHERE {either} LIMIT ?", list(map(_like, wanted))  # noqa: S608
    return [row[0] for row in conn.exec_driver_sql(query, (*values, limit))]


def forms(text: str) -> list[str]:
    """What is typed in the ways the index may hold it: as it is, in narrow characters, without gaps or prefix."""
    typed = text[:_PASTED].encode(errors="ignore").decode().replace("\0", "").strip().lower()[:_LONGEST]
    narrow = unicodedata.normalize("NFKC", typed)
    dense = _GAPS.sub("", narrow)
    return [form for form in dict.fromkeys([typed, narrow, dense, _ABROAD.sub("", dense), _toneless(dense)]) if form]


def _toneless(text: str) -> str:
    """Pinyin as the index holds it: `lǚ wáng` typed with its tones is `lvwang`."""
    parted = unicodedata.normalize("NFD", text).replace("u\u0308", "v")
    return unicodedata.normalize("NFC", "".join(letter for letter in parted if letter not in _TONES))


def _like(form: str) -> str:
    escaped = form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
