"""The wording check of what people wrote into a letter: a letter with unlawful or untrue words is not printed.

What the templates themselves say was checked before they shipped (tests/letters/test_letter_wording.py). What somebody
else said and is only reported (what a complaint is about, the entries of a history) is not held against the letter.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from letters.context import LetterContext
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.wording import Facts, Finding, Language, check


class UnlawfulWords(InputError):
    """Words that may not be printed; the message says which, why, and what to say instead."""

    code = "wording"


def refuse_unlawful(context: LetterContext) -> None:
    """Raise `UnlawfulWords` for the first words that may not be said to the debtor. A check that cannot be made lets
    nothing pass: its error comes through."""
    known = context.facts
    facts = Facts(
        legal_step_taken=known is not None and known.legal_step_taken,
        credit_reported=known is not None and known.credit_reported,
        waiver_available=known is not None and known.waiver_available,
        identity_verified=True,  # the letter goes to the debtor, closed
    )
    spoken: Language = "zh_CN" if context.language == "zh_CN" else "en"
    for field, text in written(context):
        for finding in _findings(text, spoken, context.jurisdiction, facts)[:1]:
            raise UnlawfulWords(
                msg(
                    "“{words}”: {why} Better: {suggestion} ({source})",
                    words=text[finding.start : finding.end],
                    why=finding.why,
                    suggestion=finding.suggestion,
                    source=finding.source,
                ),
                field=field,
            )


def written(context: LetterContext) -> Iterator[tuple[str, str]]:
    """What somebody wrote for this letter, each with its place in the context."""
    told: list[tuple[str, str]] = [("free_paragraph", context.free_paragraph)]
    for name in ("how_to_check", "how_to_pay", "how_to_object", "how_to_hand_in_evidence"):
        told.append((f"bank.{name}", getattr(context.bank, name)))
    if context.instalment is not None:
        told.append(("instalment.consequence", context.instalment.consequence))
    if context.visit is not None:
        told.append(("visit.purpose", context.visit.purpose))
    if context.objection is not None:
        for name in ("findings", "decision", "measures", "further_step"):
            told.append((f"objection.{name}", getattr(context.objection, name)))
    if context.legal is not None:
        told.append(("legal.step", context.legal.step))
        told += [(f"legal.claims[{at}]", claim) for at, claim in enumerate(context.legal.claims)]
    if context.dossier is not None:
        told += [(f"dossier.script[{at}]", line) for at, line in enumerate(context.dossier.script)]
    return ((field, text) for field, text in told if text.strip())


@lru_cache(maxsize=256)  # a batch has the same words in every letter
def _findings(text: str, language: Language, jurisdiction: str, facts: Facts) -> tuple[Finding, ...]:
    return check(text, language, jurisdiction, "debtor", facts)
