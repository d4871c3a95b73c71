"""Why a letter is not made: what is missing, each thing by name."""

from __future__ import annotations

from collections.abc import Sequence

from letters.elements import ELEMENTS
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
    "budget": msg("the budget"),
    "settlement": msg("the settlement offered"),
    "settlement.amount": msg("the settlement amount"),
    "settlement.parts": msg("the payments of the settlement"),
    "settlement.valid_until": msg("until when the offer holds"),
    "settlement.waived": msg("what of the debt is given up"),
    "instalment": msg("the instalment"),
    "instalment.n": msg("the instalment's number"),
    "instalment.of": msg("how many instalments there are"),
    "instalment.due": msg("the day the instalment is due"),
    "instalment.amount": msg("the instalment's amount"),
    "instalment.unpaid": msg("what lacks of the instalment"),
    "instalment.arrears": msg("what is overdue under the plan"),
    "instalment.remaining": msg("what the plan still asks for"),
    "instalment.grace_until": msg("until when the instalment can be made good"),
    "visit": msg("the visit"),
    "visit.day": msg("the day of the visit"),
    "visit.from_time": msg("when the visit begins"),
    "visit.to_time": msg("when the visit ends"),
    "visit.place": msg("the place of the visit"),
    "visit.persons": msg("who comes, with function and number of the identity card"),
    "visit.purpose": msg("what the visit is for"),
    "visit.change_by": msg("until when another day can be asked for"),
    "objection": msg("what is answered"),
    "objection.reference": msg("the number of the objection or complaint"),
    "objection.received_on": msg("the day the objection or complaint came in"),
    "objection.about": msg("what the objection or complaint is about"),
    "objection.findings": msg("what was found"),
    "objection.decision": msg("the decision and its reason"),
    "legal": msg("the legal step"),
    "legal.step": msg("which legal step is prepared"),
    "legal.after": msg("the day after which the step is taken"),
    "legal.claims": msg("what is claimed"),
    "legal.contract": msg("the contract"),
    "legal.law_firm": msg("the law firm"),
    "legal.lawyer": msg("the lawyer's name"),
    "legal.licence": msg("the number of the lawyer's licence"),
    "legal.phone": msg("the law firm's telephone number"),
    "legal.limitation_until": msg("until when the debt can be sued for"),
    "paid": msg("when and how the debt was paid"),
    "paid.on": msg("the day the debt was paid off"),
    "paid.total": msg("all that was paid"),
    "history": msg("the entries of the case's history"),
    "dossier": msg("the visitor's papers"),
    "dossier.number": msg("the number of the dossier"),
    "dossier.expires_on": msg("until when the dossier holds"),
    "dossier.prepared_for": msg("who the dossier is for"),
    "dossier.checklist": msg("what is to be seen to at the visit"),
    "validation": msg("the validation of the debt"),
    "validation.creditor_then": msg("the creditor on the itemisation date"),
    "validation.creditor_now": msg("the creditor now"),
    "validation.itemisation_date": msg("the itemisation date"),
    "validation.amount_then": msg("the amount on the itemisation date"),
    "validation.itemised": msg("what was added and paid since the itemisation date"),
    "validation.dispute_until": msg("the last day of the validation period"),
}
# What a letter may say only when it is so.
_FACTS = {
    "legal_step_taken": msg("a record that a legal step was taken, as the letter says"),
    "credit_reported": msg("a record that the credit register was told, as the letter says"),
    "waiver_available": msg("the authority to give up part of the debt, as the letter offers"),
}


class LetterRefused(WorkstationError):
    """The letter would not say all that it must, or say what is not so. `missing` are field paths, `says <element>` in
    print order, and `true <fact>`."""

    code = "letter_refused"

    def __init__(self, fields: Sequence[str], elements: Sequence[str], source: str, untrue: Sequence[str] = ()) -> None:
        self.missing = (
            *fields,
            *(f"says {element}" for element in elements),
            *(f"true {fact}" for fact in untrue),
        )
        named = [_FIELDS.get(path, msg("{field}", field=path)) for path in fields]
        named += [ELEMENTS.get(element, msg("{field}", field=element)) for element in elements]
        named += [_FACTS[fact] for fact in untrue]
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
