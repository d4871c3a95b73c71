"""Why a letter is not made: what is missing, each thing by name."""

from __future__ import annotations

from collections.abc import Sequence

from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Message, msg

# What a person calls the fields of a context; a field without a name here is shown by its path.
_FIELDS = {
    "date": msg("the letter's date"),
    "pay_by": msg("the day to pay by"),
    "case_number": msg("the case number"),
    "accounts": msg("the accounts and what is owed on them"),
    "total": msg("the amount owed"),
    "cards": msg("the last four digits of the card"),
    "debtor.name": msg("the debtor's name"),
    "debtor.address": msg("the debtor's address"),
    "bank.name": msg("the bank's name"),
    "bank.address": msg("the bank's address"),
    "bank.phone": msg("the bank's telephone number"),
    "plan": msg("the agreed plan"),
    "plan.schedule": msg("the plan's instalments"),
}
# What a rule requires a letter to say (`letter_contents`, `plan_clauses` of the rule packs).
_ELEMENTS = {
    "name": msg("whom the debt is of"),
    "balance": msg("what is owed"),
    "reason": msg("why the letter is written"),
    "law": msg("the law relied on"),
    "rights_and_duties": msg("the debtor's rights and duties"),
    "how_to_check": msg("how to check the account"),
    "how_to_pay": msg("how to pay"),
    "how_to_object": msg("how to object"),
    "how_to_hand_in_evidence": msg("how to hand in evidence"),
    "bank_contact": msg("how to reach the bank"),
    "seal": msg("the place for the bank's seal"),
    "structure": msg("how the debt is made up"),
    "currency": msg("the currency"),
    "schedule": msg("the cycle, dates and amounts of the instalments"),
    "fees_and_interest": msg("whether fees and interest run"),
    "no_new_cards": msg("the promise not to apply for new cards"),
    "rights_duties_and_breach": msg("both sides' rights, duties and breach"),
    "cycle": msg("how often is paid"),
    "method": msg("how the debt is paid off"),
    "dates": msg("the date of each instalment"),
    "amounts": msg("the amount of each instalment"),
    "bank_rights": msg("the bank's rights"),
    "bank_duties": msg("the bank's duties"),
    "debtor_rights": msg("the debtor's rights"),
    "debtor_duties": msg("the debtor's duties"),
    "breach": msg("what a breach is and what follows"),
    "other_matters": msg("other matters"),
}


class LetterRefused(WorkstationError):
    """The letter would not say all that it must. `missing` are field paths and `says <element>` in print order."""

    code = "letter_refused"

    def __init__(self, fields: Sequence[str], elements: Sequence[str], source: str) -> None:
        self.missing = (*fields, *(f"says {element}" for element in elements))
        named = [_FIELDS.get(path, msg("{field}", field=path)) for path in fields]
        named += [_ELEMENTS.get(element, msg("{field}", field=element)) for element in elements]
        wanted = _listed(named)
        if source:
            message = msg(
                "The letter was not made, since {source} requires more. Missing: {missing}.",
                source=source,
                missing=wanted,
            )
        else:
            message = msg("The letter was not made. Missing: {missing}.", missing=wanted)
        super().__init__(message, field=fields[0] if fields else None)


class UnknownTemplate(InputError):
    """No such template, or not in this language or jurisdiction; the message says which there are."""

    code = "unknown_template"


def _listed(parts: Sequence[Message]) -> Message:
    text = parts[0]
    for part in parts[1:]:
        text = msg("{list}; {item}", list=text, item=part)
    return text
