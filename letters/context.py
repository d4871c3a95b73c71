"""What a letter is made from: the JSON form of `letter render`, read strictly into typed values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec

from letters.basis import Amount, Free, Medium, Part, Parts, Short
from letters.matters import (
    Dossier,
    DueInstalment,
    Facts,
    HistoryEntry,
    LegalMatter,
    Objection,
    Paid,
    Settlement,
    Validation,
    Visit,
)
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import COMPONENTS, DECIMALS, Balance, to_minor
from workstation.domain.signature import LONGEST, read_strokes, strokes_hash

# Fields that came after letters had been made: empty, they must not change the bytes of those.
_LATER = frozenset(
    {
        *("budget", "shares", "waived_parts", "accrued", "as_of", "consent", "agreed_on", "recording"),
        *("at_pay_by", "settlement", "instalment", "visit", "objection", "legal", "paid", "history", "dossier"),
        *("validation", "facts", "payment_code", "seal", "envelope", "signature"),
    }
)


class Debtor(Part, frozen=True):
    name: Short = ""
    address: Medium = ""
    postcode: Short = ""
    sex: Literal["", "male", "female"] = ""
    salutation: Short = ""  # e.g. 王教授; without it the salutation follows from name and sex
    id_tail: Short = ""  # for an agreement


class Bank(Part, frozen=True):
    name: Short = ""
    department: Short = ""
    address: Medium = ""
    postcode: Short = ""
    phone: Short = ""
    hours: Short = ""
    email: Short = ""
    website: Short = ""
    app: Short = ""
    complaint_phone: Short = ""
    evidence_address: Medium = ""  # where it differs from `address`
    payee: Short = ""
    payment_bank: Short = ""
    payment_account: Short = ""
    how_to_check: Medium = ""  # these four replace the template's own sentence
    how_to_pay: Medium = ""
    how_to_object: Medium = ""
    how_to_hand_in_evidence: Medium = ""
    handler: Short = ""  # who deals with the case


class Account(Part, frozen=True):
    card_tail: Annotated[str, msgspec.Meta(max_length=30)] = ""
    balance: Parts | None = None
    product: Short = ""
    first_unpaid_due: datetime.date | None = None
    at_pay_by: Parts | None = None  # what `balance` will have become on the day to pay by, if nothing is paid


class AccountShare(Part, frozen=True):
    """What of an instalment goes to one account."""

    card_tail: Short
    amount: Amount


class Instalment(Part, frozen=True):
    """A row of `plan --json`'s schedule; `shares` where the plan pays several accounts."""

    n: int
    due: datetime.date
    amount: Amount
    nominal_due: datetime.date | None = None
    plan_interest: Amount = ""
    principal: Amount = ""
    interest: Amount = ""
    penalty: Amount = ""
    fees: Amount = ""
    costs: Amount = ""
    balance: Amount = ""
    shares: Annotated[tuple[AccountShare, ...], msgspec.Meta(max_length=200)] = ()


class DownPayment(Part, frozen=True):
    amount: Amount
    due: datetime.date | None = None
    shares: Annotated[tuple[AccountShare, ...], msgspec.Meta(max_length=200)] = ()


class DrawnSignature(Part, frozen=True):
    """A signature drawn on a screen (`domain.signature`), with the hash of its strokes and when it was drawn."""

    strokes: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    sha256: Short
    at: datetime.datetime
    signer: Short = ""


class Plan(Part, frozen=True):
    """What was agreed; `plan_of` makes it from a request and result of `plan --json`."""

    schedule: tuple[Instalment, ...] = ()
    method: Short = ""
    frequency: Short = "monthly"
    annual_rate: Amount = "0"
    down_payment: DownPayment | None = None
    waived: Amount = ""
    waived_parts: Parts | None = None  # by component
    accrued: Amount = ""  # old interest from the balance's day on to the plan's first day
    as_of: datetime.date | None = None  # the day on which what is owed was taken
    consent: Literal["", "signed", "recorded"] = ""
    agreed_on: datetime.date | None = None
    recording: Short = ""  # of an oral consent
    payment_method: Short = ""
    days_of_grace: int = 3
    signature: DrawnSignature | None = None


class BudgetItem(Part, frozen=True):
    """A line of a budget in the letter's language: what, as it was told, a month of it, and a word of reason."""

    what: Short
    told: Short
    monthly: Amount
    reason: Medium = ""


class Creditor(Part, frozen=True):
    """Somebody else who is owed: the balance, or what was agreed a month."""

    name: Short = ""
    balance: Amount = ""
    agreed: Amount = ""


BudgetItems = Annotated[tuple[BudgetItem, ...], msgspec.Meta(max_length=40)]


class Budget(Part, frozen=True):
    """A person's month with its sums; amounts a month."""

    taken_on: datetime.date
    income: BudgetItems = ()
    spending: BudgetItems = ()
    priority_debts: BudgetItems = ()
    creditors: Annotated[tuple[Creditor, ...], msgspec.Meta(max_length=40)] = ()
    adults: int = 1
    children: int = 0
    income_total: Amount = "0"
    spending_total: Amount = "0"
    priority_debts_total: Amount = "0"
    disposable: Amount = "0"  # may be negative
    safety_share: Amount = "1"
    margin: Amount = "0"  # stays with the person
    to_others: Amount = "0"
    available: Amount = "0"
    note: Medium = ""


class LetterContext(Part, frozen=True):
    template: Short = ""
    language: Short = ""
    jurisdiction: Short = ""
    date: datetime.date | None = None
    pay_by: datetime.date | None = None
    currency: Short = "CNY"
    case_number: Short = ""
    debtor: Debtor = Debtor()
    bank: Bank = Bank()
    accounts: Annotated[tuple[Account, ...], msgspec.Meta(max_length=200)] = ()
    plan: Plan | None = None
    budget: Budget | None = None
    free_paragraph: Free = ""
    settlement: Settlement | None = None
    instalment: DueInstalment | None = None
    visit: Visit | None = None
    objection: Objection | None = None
    legal: LegalMatter | None = None
    paid: Paid | None = None
    history: Annotated[tuple[HistoryEntry, ...], msgspec.Meta(max_length=20000)] = ()
    dossier: Dossier | None = None
    validation: Validation | None = None
    facts: Facts | None = None
    payment_code: Free = ""  # what the QR code to pay by holds
    seal: Short = ""  # the name of the bank's seal image
    envelope: Literal["", "din", "cn"] = ""


def read_context(raw: Mapping[str, object]) -> LetterContext:
    """The typed context; `InputError` names the field that has a wrong type, is unknown or not acceptable."""
    try:
        context = msgspec.convert(raw, LetterContext)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:  # the second: half of a pair of surrogates
        problem, _, place = str(error).partition(" - at `$")
        raise InputError(
            msg("The letter's data cannot be read: {problem}.", problem=problem),
            field=place.rstrip("`").lstrip(".") or None,
        ) from error
    if context.currency not in DECIMALS:
        raise InputError(msg("The currency {currency} is not supported.", currency=context.currency), field="currency")
    if context.date and context.pay_by and context.pay_by < context.date:
        raise InputError(msg("The day to pay by lies before the letter's date."), field="pay_by")
    if context.plan is not None and context.plan.signature is not None:
        signature = context.plan.signature
        read_strokes(signature.strokes)
        if strokes_hash(signature.strokes) != signature.sha256:
            raise InputError(msg("The signature is not the one that was drawn."), field="plan.signature.sha256")
    return context


def given(value: object) -> str:
    """What is given, as text that a letter's identity is made of: a later field that is not used leaves no trace."""
    if isinstance(value, str):
        return repr(value)
    if isinstance(value, Bank):
        return _of_bank(value)
    if isinstance(value, Part):
        return _of_part(value)
    if isinstance(value, tuple):
        return f"({', '.join(map(given, value))}{',' if len(value) == 1 else ''})"
    return repr(value)


def _of_part(value: Part) -> str:
    told = [(name, getattr(value, name)) for name in value.__struct_fields__]
    shown = ", ".join([f"{name}={given(part)}" for name, part in told if part or name not in _LATER])
    return f"{type(value).__name__}({shown})"


@lru_cache(maxsize=16)  # all letters of a batch have the same
def _of_bank(value: Bank) -> str:
    return _of_part(value)


def balance_of(parts: Parts | None, field: str, currency: str) -> Balance:
    """The balance in minor units; `InputError` with its place below `field` for a negative or unreadable amount."""
    parts = parts or Parts()
    return Balance(**{name: minor_of(getattr(parts, name) or "0", currency, f"{field}.{name}") for name in COMPONENTS})


def minor_of(text: str, currency: str, field: str) -> int:
    """Minor units of a decimal string that may not be negative."""
    try:
        minor = to_minor(text, currency)
    except ValueError as error:
        raise InputError(msg("This amount cannot be read: {problem}.", problem=str(error)), field=field) from error
    if minor < 0:
        raise InputError(msg("An amount in a letter cannot be negative."), field=field)
    return minor


def plan_of(
    request: Mapping[str, Any], result: Mapping[str, Any], cards: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The `plan` of a context from a request and result of `plan --json` (as kept in a `plan_proposed` event).

    `cards` has the card's last digits of each account: with several of them each instalment says what goes where.
    """
    plan: dict[str, object] = {
        "schedule": [_instalment_of(row, cards or {}) for row in result["schedule"]],
        "method": str(request["method"]),
        "frequency": str(request.get("frequency") or "monthly"),
        "annual_rate": str(request.get("annual_rate") or "0"),
        "waived": str(result["waived"]["amount"]),
    }
    if request.get("as_of"):
        plan["as_of"] = str(request["as_of"])
    if parts := _waived_parts(request, result):
        plan["waived_parts"] = parts
    accrued = result.get("accrued")
    if accrued:
        plan["accrued"] = str(accrued["interest"])
    first = result.get("down_payment")
    if first:
        given = first if isinstance(first, Mapping) else {"amount": first}
        plan["down_payment"] = {name: given[name] for name in ("amount", "due") if given.get(name)} | _shares_of(
            given, cards or {}
        )
    return plan


def _instalment_of(row: Mapping[str, Any], cards: Mapping[str, str]) -> dict[str, object]:
    return {name: row[name] for name in Instalment.__struct_fields__ if name in row} | _shares_of(row, cards)


def _shares_of(payment: Mapping[str, Any], cards: Mapping[str, str]) -> dict[str, object]:
    """The `shares` of a payment on several accounts; nothing of one."""
    shares = payment.get("accounts") or ()
    if len(shares) < 2 or not all(share["id"] in cards for share in shares):
        return {}
    return {
        "shares": [
            {"card_tail": cards[share["id"]], "amount": str(sum(Decimal(share[name]) for name in COMPONENTS))}
            for share in shares
        ]
    }


def _waived_parts(request: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, str]:
    """By component: what was owed, with the interest that ran on, less what the plan pays."""
    owed = [account["balance"] for account in request.get("accounts") or ()] or [request.get("balance") or {}]
    accrued = Decimal((result.get("accrued") or {}).get("interest", "0"))
    found: dict[str, str] = {}
    for name in COMPONENTS:
        total = sum(
            (Decimal(balance.get(name, "0")) for balance in owed), accrued if name == "interest" else Decimal(0)
        )
        if waived := total - Decimal(result["totals"][name]):
            found[name] = str(waived)
    return found
