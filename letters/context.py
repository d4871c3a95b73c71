"""What a letter is made from: the JSON form of `letter render`, read strictly into typed values."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import COMPONENTS, DECIMALS, Balance, to_minor

Short = Annotated[str, msgspec.Meta(max_length=200)]
Medium = Annotated[str, msgspec.Meta(max_length=600)]
Free = Annotated[str, msgspec.Meta(max_length=4000)]
Amount = Annotated[str, msgspec.Meta(max_length=26)]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything in a context. A text left empty is missing; the template decides whether it is needed."""


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


class Parts(Part, frozen=True):
    """A balance by component, decimal strings; what is not given is nothing."""

    principal: Amount = ""
    interest: Amount = ""
    penalty: Amount = ""
    fees: Amount = ""
    costs: Amount = ""


class Account(Part, frozen=True):
    card_tail: Annotated[str, msgspec.Meta(max_length=30)] = ""
    balance: Parts | None = None
    product: Short = ""
    first_unpaid_due: datetime.date | None = None


class Instalment(Part, frozen=True):
    """A row of `plan --json`'s schedule."""

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


class DownPayment(Part, frozen=True):
    amount: Amount
    due: datetime.date | None = None


class Plan(Part, frozen=True):
    """What was agreed; `plan_of` makes it from a request and result of `plan --json`."""

    schedule: tuple[Instalment, ...] = ()
    method: Short = ""
    frequency: Short = "monthly"
    annual_rate: Amount = "0"
    down_payment: DownPayment | None = None
    waived: Amount = ""
    payment_method: Short = ""
    days_of_grace: int = 3


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
    free_paragraph: Free = ""


def read_context(raw: Mapping[str, object]) -> LetterContext:
    """The typed context; `InputError` names the field that has a wrong type, is unknown or not acceptable."""
    try:
        context = msgspec.convert(raw, LetterContext)
    except msgspec.ValidationError as error:
        problem, _, place = str(error).partition(" - at `$")
        raise InputError(
            msg("The letter's data cannot be read: {problem}.", problem=problem),
            field=place.rstrip("`").lstrip(".") or None,
        ) from error
    if context.currency not in DECIMALS:
        raise InputError(msg("The currency {currency} is not supported.", currency=context.currency), field="currency")
    if context.date and context.pay_by and context.pay_by < context.date:
        raise InputError(msg("The day to pay by lies before the letter's date."), field="pay_by")
    return context


def balance_of(account: Account, number: int, currency: str) -> Balance:
    """The account's balance in minor units; `InputError` with its place for a negative or unreadable amount."""
    parts = account.balance or Parts()
    return Balance(
        **{
            name: minor_of(getattr(parts, name) or "0", currency, f"accounts[{number}].balance.{name}")
            for name in COMPONENTS
        }
    )


def minor_of(text: str, currency: str, field: str) -> int:
    """Minor units of a decimal string that may not be negative."""
    try:
        minor = to_minor(text, currency)
    except ValueError as error:
        raise InputError(msg("This amount cannot be read: {problem}.", problem=str(error)), field=field) from error
    if minor < 0:
        raise InputError(msg("An amount in a letter cannot be negative."), field=field)
    return minor


def plan_of(request: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, object]:
    """The `plan` of a context from a request and result of `plan --json` (as kept in a `plan_proposed` event)."""
    fields = Instalment.__struct_fields__
    plan: dict[str, object] = {
        "schedule": [{name: row[name] for name in fields if name in row} for row in result["schedule"]],
        "method": str(request["method"]),
        "frequency": str(request.get("frequency") or "monthly"),
        "annual_rate": str(request.get("annual_rate") or "0"),
        "waived": str(result["waived"]["amount"]),
    }
    first = result.get("down_payment")
    if first:
        given = first if isinstance(first, Mapping) else {"amount": first}
        plan["down_payment"] = {name: given[name] for name in ("amount", "due") if given.get(name)}
    return plan
