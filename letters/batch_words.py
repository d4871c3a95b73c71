"""What nobody has looked at in the window is looked at here: the words of a letter's free paragraph, and its truth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from letters.context import read_context
from letters.filling import balances_of
from letters.templates import find
from letters.truths import refuse_untrue
from workstation.domain.errors import InputError
from workstation.domain.message import Message, msg
from workstation.domain.wording import Facts, Language, check

_TRUE = ("legal_step_taken", "credit_reported", "waiver_available")


def lawful(context: Mapping[str, object], version: str = "") -> None:
    """Raises `InputError` (code `wording`) for words that may not be said to the debtor of this letter, and `Untrue`.

    What the context's `facts` say is true of the case; by default nothing is. `version`: that of a batch begun earlier,
    whose new letters must be true all the same; `render` takes them for letters made before.
    """
    if version:
        typed = read_context(context)
        template = find(typed.template, typed.language, typed.jurisdiction, version)
        refuse_untrue(typed, template, balances_of(typed))
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
