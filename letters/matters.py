"""What the particular letters are about, each a part of the context: a settlement, an instalment, a visit, an answer,
a legal step, a debt paid, a history, a visitor's papers, a validation notice."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, get_args

import msgspec

from letters.basis import Amount, Free, Medium, Part, Parts, Short

Outcome = Literal["upheld", "partly", "not_upheld"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
Fact = Literal["legal_step_taken", "credit_reported", "waiver_available"]
FACTS: tuple[Fact, ...] = get_args(Fact)

Lines = Annotated[tuple[Medium, ...], msgspec.Meta(max_length=60)]


class Facts(Part, frozen=True):
    """What is true of the case and a letter may therefore say. By default nothing is."""

    legal_step_taken: bool = False
    credit_reported: bool = False
    waiver_available: bool = False


class Payment(Part, frozen=True):
    """A sum and the day it is due."""

    amount: Amount
    due: datetime.date | None = None


class Settlement(Part, frozen=True):
    """An offer to settle for less: `amount` in all, in one sum or in `parts` that add up to it, and what is then given
    up by component. `waived` and `amount` together are what is owed."""

    amount: Amount = ""
    waived: Parts | None = None
    parts: Annotated[tuple[Payment, ...], msgspec.Meta(max_length=60)] = ()
    valid_until: datetime.date | None = None


class DueInstalment(Part, frozen=True):
    """One instalment of an agreed plan: number `n` of `of`; `arrears` and `remaining` are amounts of the whole plan.

    `consequence` replaces the template's own sentence of what follows when nothing is paid until `grace_until`.
    """

    n: int = 0
    of: int = 0
    due: datetime.date | None = None
    amount: Amount = ""
    paid: Amount = ""  # of this instalment
    overdue_since: datetime.date | None = None
    arrears: Amount = ""  # all that has fallen due under the plan and was not paid
    remaining: Amount = ""  # all that the plan still asks for, due or not
    grace_until: datetime.date | None = None
    consequence: Medium = ""


class Visitor(Part, frozen=True):
    name: Short = ""
    role: Short = ""
    badge: Short = ""


class Visit(Part, frozen=True):
    """A visit as announced. Times as `14:00`, at the place of the visit."""

    day: datetime.date | None = None
    from_time: Short = ""
    to_time: Short = ""
    place: Medium = ""
    persons: Annotated[tuple[Visitor, ...], msgspec.Meta(max_length=8)] = ()
    purpose: Medium = ""
    change_by: datetime.date | None = None  # until when another day or place can be asked for
    phone: Short = ""  # for changes and questions; the bank's own where it is empty


class Objection(Part, frozen=True):
    """A dispute or complaint and what came of it. `outcome` chooses the sentence, `decision` says it in words."""

    reference: Short = ""
    received_on: datetime.date | None = None
    about: Free = ""
    findings: Free = ""
    outcome: Literal["", Outcome] = ""
    decision: Free = ""
    measures: Free = ""
    answer_by: datetime.date | None = None  # until when the person may answer, with new evidence
    further_step: Medium = ""  # beside those that the law gives


class LegalMatter(Part, frozen=True):
    """A legal step that is prepared (`after` which day), who acts, and the debt's limitation.

    `taken_on` says that the step was taken already: true only with the fact `legal_step_taken`.
    """

    step: Medium = ""
    after: datetime.date | None = None
    taken_on: datetime.date | None = None
    claims: Annotated[tuple[Medium, ...], msgspec.Meta(max_length=20)] = ()
    contract: Short = ""  # its name or number
    contract_signed_on: datetime.date | None = None
    law_firm: Short = ""
    lawyer: Short = ""
    licence: Short = ""
    phone: Short = ""
    limitation_until: datetime.date | None = None
    last_interruption: datetime.date | None = None
    interrupted_by: Medium = ""


class Paid(Part, frozen=True):
    """A debt that is paid off: when, how much in all, the last payment, and which cards were closed (last digits)."""

    on: datetime.date | None = None
    total: Amount = ""
    last_payment: Amount = ""
    waived: Amount = ""  # given up in a settlement
    closed_cards: Annotated[tuple[Short, ...], msgspec.Meta(max_length=200)] = ()


class HistoryEntry(Part, frozen=True):
    """A dated entry of the case, in the letter's language; `at` is printed as it stands, with its own clock."""

    at: datetime.datetime
    kind: Short = ""
    who: Short = ""
    text: Free = ""
    hash: Short = ""


class Known(Part, frozen=True):
    """Somebody who may be met at the door, and whether they may be told anything of the debt."""

    name: Short = ""
    relation: Short = ""
    may_be_told: bool = False


class Dossier(Part, frozen=True):
    """A visitor's pages for one stop (number `stop` of `of`), lent to `prepared_for` until `expires_on`."""

    number: Short = ""
    expires_on: datetime.date | None = None
    stop: int = 1
    of: int = 1
    prepared_for: Annotated[tuple[Short, ...], msgspec.Meta(max_length=8)] = ()
    people: Annotated[tuple[Known, ...], msgspec.Meta(max_length=20)] = ()
    last_words: Lines = ()
    offers: Lines = ()
    checklist: Lines = ()
    script: Lines = ()


class Itemised(Parts, frozen=True):
    """What came to a debt since the itemisation date, by component, and what went off it. `principal`: new charges."""

    payments: Amount = ""
    credits: Amount = ""


class Validation(Part, frozen=True):
    """The debt as 12 CFR 1006.34(c) wants it told. `amount_then` and `itemised` add up to what the accounts owe now."""

    creditor_then: Short = ""  # to whom it was owed on the itemisation date
    creditor_now: Short = ""
    itemisation_date: datetime.date | None = None
    amount_then: Amount = ""
    itemised: Itemised | None = None
    dispute_until: datetime.date | None = None  # the last day of the validation period
