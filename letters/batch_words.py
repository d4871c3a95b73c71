"""The free paragraph of a letter made from a file: no person read it in the window, so the wording check does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.wording import Facts, Language, check

_TRUE = ("legal_step_taken", "credit_reported", "waiver_available")


def lawful(context: Mapping[str, object]) -> None:
    """Raises `InputError` (code `wording`) for words that may not be said to the debtor of this letter.

    What the context's `facts` say is true of the case; by default nothing is.
    """
    text = context.get("free_paragraph", "")
    if not isinstance(text, str) or not text.strip():
        return
    told = context.get("facts")
    true = frozenset(name for name in _TRUE if isinstance(told, Mapping) and told.get(name) is True)
    wrong = _wrong(text, str(context.get("language")), str(context.get("jurisdiction")), true)
    if wrong is not None:
        raise InputError(wrong, code="wording", field="free_paragraph")


@lru_cache(maxsize=256)  # the letters of a batch mostly say the same
def _wrong(text: str, language: str, jurisdiction: str, true: frozenset[str]) -> Message | None:
    spoken: Language = "zh_CN" if language == "zh_CN" else "en"
    facts = Facts(identity_verified=True, **dict.fromkeys(true, True))
    found = check(text, spoken, jurisdiction, "debtor", facts)
    if not found:
        return None
    first = found[0]
    return msg(
        "“{words}”: {why} Better: {suggestion} ({source})",
        words=text[first.start : first.end],
        why=first.why,
        suggestion=first.suggestion,
        source=first.source,
    )
