"""Who may see which personal datum, and how: the table of `resources/privacy/masking.toml`, read and checked.

《个人信息保护法》 articles 6 and 19: no more than the purpose needs. How a value looks masked is
`workstation.security.masking`; here is only who gets what.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, get_args

import msgspec

from resources import resource
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Label, msg
from workstation.domain.vocabulary import ROLES

Field = Literal[
    "name",
    "related_name",
    "phone",
    "email",
    "address",
    "card",
    "id_number",
    "birth_date",
    "employer",
    "balance",
    "free_text",
    "photo",
]
FIELDS: tuple[Field, ...] = get_args(Field)
Treatment = Literal["plain", "reveal", "masked", "never"]
Place = Literal["screen", "export"]
LONGEST_WORDS = 200  # characters of one's own words for a reason
SHORTEST_WORDS = 2  # "回拨" says why; one character does not


class MaskingTableError(WorkstationError):
    """The table cannot be used; the sentence names what is missing or wrong."""

    code = "bad_masking_table"


class NotForRole(InputError):
    """This role may not see this datum in full, with whatever reason."""

    code = "not_for_role"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    seconds: int
    reasons: tuple[str, ...]
    words_for: tuple[str, ...]
    screen: Mapping[str, Mapping[str, Treatment]]
    export: Mapping[str, Mapping[str, Treatment]]


class MaskingTable(msgspec.Struct, frozen=True):
    """`seconds` is how long a revealed datum stays; `reasons` are keys of vocabulary `reveal_reason`."""

    version: int
    seconds: int
    reasons: tuple[str, ...]
    words_for: frozenset[str]
    rows: Mapping[tuple[str, str, str], Treatment]  # by place, field and role

    def treatment(self, place: Place, field: Field, role: str) -> Treatment:
        """A role that the table does not know, from a newer centre, sees nothing in full."""
        return self.rows.get((place, field, role), "masked")

    def check_reason(self, why: str, words: str) -> str:
        """The own words as they are kept. Raises `InputError` on `field` "why" or "words" when that is no reason."""
        if why not in self.reasons:
            raise InputError(msg("Say why it is to be shown in full."), field="why")
        kept = " ".join(words.split())
        if len(kept) > LONGEST_WORDS:
            raise InputError(
                msg("Say it in {most} characters; the case has room for notes.", most=LONGEST_WORDS), field="words"
            )
        if why in self.words_for and len(kept) < SHORTEST_WORDS:
            raise InputError(msg("Say in your own words why."), field="words")
        return kept

    def may_reveal(self, place: Place, field: Field, role: str) -> None:
        """Raises `NotForRole` when no reason opens it."""
        if self.treatment(place, field, role) in {"masked", "never"}:
            raise NotForRole(
                msg(
                    "As {role} you work without the {field} in full; ask your team lead if the work needs it.",
                    role=Label("role", role),
                    field=Label("revealed", field),
                )
            )


def read(text: str, name: str = "masking.toml") -> MaskingTable:
    """The table of a file. Raises `MaskingTableError` for what is unknown, missing or out of bounds."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise MaskingTableError(msg("{file}: {reason}", file=name, reason=str(error))) from error
    rows: dict[tuple[str, str, str], Treatment] = {}
    for place, table in (("screen", file.screen), ("export", file.export)):
        for field in FIELDS:
            by_role = table.get(field, {})
            missing = [role for role in ROLES if role not in by_role]
            if missing:
                where = f"{place}.{field}: {', '.join(missing)}"
                raise MaskingTableError(msg("{file}: nothing is said about {where}", file=name, where=where))
            rows.update({(place, field, role): by_role[role] for role in ROLES})
        unknown = set(table) - set(FIELDS)
        if unknown:
            where = f"{place}.{', '.join(sorted(unknown))}"
            raise MaskingTableError(msg("{file}: there is no datum {where}", file=name, where=where))
    if not 3 <= file.seconds <= 120 or not file.reasons or not set(file.words_for) <= set(file.reasons):
        raise MaskingTableError(
            msg("{file}: seconds are 3 to 120, and words are asked for with reasons it lists", file=name)
        )
    return MaskingTable(file.version, file.seconds, file.reasons, frozenset(file.words_for), rows)


@lru_cache(maxsize=1)
def load() -> MaskingTable:
    """The shipped table."""
    return read(resource("privacy/masking.toml").read_text("utf-8"))
