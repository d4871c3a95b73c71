"""What each letter asks for beside the case's records: fields as data, in the order in which they are typed.

What a letter must have is the template's to say; a field left empty is filled with what is usual (`letter_usual`).
"""

from __future__ import annotations

from collections.abc import Mapping

from workstation.desk.letter_form import LetterField
from workstation.domain.message import msg

PAY_BY = LetterField("pay_by", msg("Pay by"), "day", msg("+10, 12-5"))
_FINDINGS = LetterField("findings", msg("What was found"), "long", msg("What was checked, and what it shows"))
_ANSWER = (
    LetterField("reference", msg("Reference"), "text"),
    LetterField("about", msg("About"), "long"),
    _FINDINGS,
    LetterField(
        "outcome",
        msg("Outcome"),
        "choice",
        choices=(
            ("upheld", msg("The person is right")),
            ("partly", msg("Right in part")),
            ("not_upheld", msg("Not right")),
        ),
    ),
    LetterField("decision", msg("Decision"), "long", msg("What follows, in words")),
    LetterField("measures", msg("Measures"), "long", msg("What is put right, and when")),
    LetterField("answer_by", msg("Answer by"), "day", msg("+14, 12-5")),
    LetterField("further_step", msg("Where else to turn"), "text"),
)
_CONTRACT = (
    LetterField("contract", msg("Contract"), "text", msg("Its name or number")),
    LetterField("contract_signed_on", msg("Contract of"), "day"),
)
_LEGAL = (
    PAY_BY,
    LetterField("step", msg("Legal step"), "text"),
    LetterField("after", msg("Not before"), "day"),
    LetterField("claims", msg("Claims"), "lines", msg("One a line")),
    *_CONTRACT,
)

FIELDS: Mapping[str, tuple[LetterField, ...]] = {
    "reminder": (PAY_BY,),
    "demand": (PAY_BY,),
    "plan_agreement": (),
    "budget_statement": (),
    "settlement_offer": (
        LetterField("amount", msg("Settled for"), "amount", msg("30000, 3万")),
        LetterField("parts", msg("In parts"), "count", msg("1")),
        LetterField("first_due", msg("First part by"), "day", msg("+10, 12-5")),
        LetterField("valid_until", msg("Offer stands until"), "day", msg("+7, 12-1")),
    ),
    "instalment_reminder": (),
    "breach_notice": (
        LetterField("grace_until", msg("Pay until"), "day", msg("+7, 12-5")),
        LetterField("consequence", msg("What follows otherwise"), "long"),
    ),
    "visit_notice": (
        LetterField("day", msg("Day of the visit"), "day", msg("+3, next friday")),
        LetterField("from_time", msg("Begins at"), "time", msg("14:00")),
        LetterField("to_time", msg("Ends at"), "time", msg("16:00")),
        LetterField("place", msg("Place"), "place"),
        LetterField("persons", msg("Who comes"), "lines", msg("Name, role, badge: one a line")),
        LetterField("purpose", msg("Purpose"), "long"),
        LetterField("change_by", msg("Changes until"), "day"),
        LetterField("phone", msg("Phone for changes"), "text"),
    ),
    "visit_dossier": (
        LetterField("place", msg("Place"), "place"),
        LetterField("prepared_for", msg("Lent to"), "lines", msg("Names, one a line")),
        LetterField("number", msg("Number"), "text"),
        LetterField("expires_on", msg("Back by"), "day", msg("+3, 12-1")),
        LetterField("checklist", msg("Checklist"), "lines", msg("One a line")),
    ),
    "dispute_reply": _ANSWER,
    "complaint_reply": _ANSWER,
    "final_notice": _LEGAL,
    "lawyers_letter": (
        *_LEGAL,
        LetterField("law_firm", msg("Law firm"), "text"),
        LetterField("lawyer", msg("Lawyer"), "text"),
        LetterField("licence", msg("Licence number"), "text"),
        LetterField("phone", msg("Lawyer's phone"), "text"),
    ),
    "limitation_demand": (PAY_BY, *_CONTRACT),
    "paid_in_full": (
        LetterField("on", msg("Paid off on"), "day"),
        LetterField("closed_cards", msg("Cards closed"), "lines", msg("Last four digits, one a line")),
    ),
    "case_history": (),
    "validation_notice": (
        LetterField("itemisation_date", msg("Itemisation date"), "day"),
        LetterField("dispute_until", msg("May be disputed until"), "day"),
        LetterField("creditor_then", msg("Creditor on that date"), "text"),
    ),
}


def fields_of(template: str) -> tuple[LetterField, ...]:
    """Of a template that nothing is known of: the day to pay by, which any letter may name."""
    return FIELDS.get(template, (PAY_BY,))
