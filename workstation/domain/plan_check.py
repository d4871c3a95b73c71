"""Whether a plan's request makes sense: each refusal names the field and says what to give instead."""

from __future__ import annotations

from decimal import Decimal

from workstation.domain.errors import InputError
from workstation.domain.message import Label, Message, Money, msg, nmsg
from workstation.domain.money import COMPONENTS, MAX_MINOR, Balance, decimals
from workstation.domain.plan_owing import first_date, whole
from workstation.domain.plan_values import PlanRequest

WITHOUT_RATE = frozenset({"interest_free", "settlement"})
LONGEST_OVERDUE = 36_500  # days; a hundred years
FIRST_YEAR, LAST_YEAR = 1970, 2200  # of a balance; outside it a date was mistyped
FARTHEST_START = 3_660  # days from the balance to a first payment; ten years


def check(request: PlanRequest) -> PlanRequest:
    """The request with the sums of its accounts (`plan_owing.whole`); `InputError` with its field."""
    request = with_sums(request)
    _amounts(request)
    _rates(request)
    _dates(request)
    _method_fields(request)
    _count_or_amount(request)
    _accrual(request)
    return request


def with_sums(request: PlanRequest) -> PlanRequest:
    """The first part of `check`, for those who ask before everything is given."""
    _currency(request)
    _accounts(request)
    return whole(request)


def _refuse(condition: bool, message: Message, field: str, code: str = "bad_input") -> None:
    if condition:
        raise InputError(message, field=field, code=code)


def _currency(request: PlanRequest) -> None:
    try:
        decimals(request.currency)
    except ValueError:
        raise InputError(
            msg("The currency {currency} is not supported.", currency=request.currency),
            code="unsupported_currency",
            field="currency",
        ) from None


def _accounts(request: PlanRequest) -> None:
    ids: set[str] = set()
    for index, account in enumerate(request.accounts):
        path = f"accounts[{index}]."
        _refuse(not account.id, msg("An account needs an id."), f"{path}id")
        _refuse(account.id in ids, msg("Account {id} is given twice.", id=account.id), f"{path}id")
        ids.add(account.id)
        _late(account.days_past_due, f"{path}days_past_due")
        _components(path, account.balance, account.waive, request.currency)


def _components(path: str, balance: Balance, waive: Balance, currency: str) -> None:
    for name in COMPONENTS:
        owed, waived = balance.part(name), waive.part(name)
        if 0 <= waived <= owed <= MAX_MINOR:
            continue
        _refuse(owed < 0, msg("A component of a balance cannot be negative."), f"{path}balance.{name}")
        _refuse(owed > MAX_MINOR, msg("The amount is larger than this program accepts."), f"{path}balance.{name}")
        _refuse(waived < 0, msg("A waiver cannot be negative."), f"{path}waive.{name}")
        raise InputError(
            msg(
                "{waived} cannot be waived: only {owed} of {component} is owed.",
                waived=Money(waived, currency),
                owed=Money(owed, currency),
                component=Label("component", name),
            ),
            field=f"{path}waive.{name}",
        )


def _late(days: int, field: str) -> None:
    _refuse(not 0 <= days <= LONGEST_OVERDUE, msg("Days past due must be zero or more."), field)


def _amounts(request: PlanRequest) -> None:
    _components("", request.balance, request.waive, request.currency)
    _refuse(request.balance.total > MAX_MINOR, msg("The amount is larger than this program accepts."), "balance")
    _refuse(request.down_payment < 0, msg("A down payment cannot be negative."), "down_payment")
    left = request.balance.total - request.waive.total
    _refuse(left <= 0, msg("Nothing is left to pay, so there is nothing to plan."), "balance", "nothing_to_pay")
    _refuse(
        request.down_payment >= left,
        msg(
            "The down payment leaves nothing to pay in instalments; it must be less than {left}.",
            left=Money(left, request.currency),
        ),
        "down_payment",
        "nothing_to_pay",
    )


def _rates(request: PlanRequest) -> None:
    for field, rate in (("annual_rate", request.annual_rate), ("discount_rate", request.discount_rate)):
        _refuse(
            rate is not None and not (rate.is_finite() and 0 <= rate <= 1),
            msg("A yearly rate lies between 0 and 1; write 6 % as 0.06."),
            field,
        )
    _refuse(
        request.method in WITHOUT_RATE and request.annual_rate != 0,
        msg("This method bears no interest; set the yearly rate to 0 or choose equal instalments."),
        "annual_rate",
    )


def _dates(request: PlanRequest) -> None:
    _late(request.days_past_due, "days_past_due")
    _refuse(
        not FIRST_YEAR <= request.as_of.year <= LAST_YEAR,
        msg("{day} is no likely day of a balance; check the year.", day=request.as_of),
        "as_of",
    )
    for field, day in (("first_due", request.first_due), ("down_payment_on", request.down_payment_on)):
        _refuse(
            day is not None and (day - request.as_of).days > FARTHEST_START,
            msg("{day} is more than ten years after the day of the balance; check the year.", day=day),
            field,
        )
    if request.method == "custom":
        dates = [part.due for part in request.custom]
        _refuse(not dates, msg("Give the dates and amounts of the custom plan."), "custom")
        _refuse(
            request.first_due not in (None, dates[0]),
            msg("The first due date differs from the first date of the custom plan; leave it out."),
            "first_due",
        )
        for index, (before, day) in enumerate(zip([request.as_of, *dates], dates, strict=False)):
            _refuse(
                day < before or (index > 0 and day == before),
                msg("{day} does not follow {before}; give the dates in order.", day=day, before=before),
                f"custom[{index}].due",
            )
            _refuse(
                not 0 < request.custom[index].amount <= MAX_MINOR,
                msg("An instalment must be more than zero."),
                f"custom[{index}].amount",
            )
    else:
        _refuse(request.first_due is None, msg("Give the first due date."), "first_due")
        _refuse(
            request.first_due is not None and request.first_due < request.as_of,
            msg("The first instalment cannot fall due before {as_of}, the day of the balance.", as_of=request.as_of),
            "first_due",
        )
    _refuse(
        request.down_payment_on is not None and request.down_payment_on < request.as_of,
        msg("The down payment cannot lie before {as_of}, the day of the balance.", as_of=request.as_of),
        "down_payment_on",
    )
    _refuse(
        request.charged_since is not None and request.charged_since >= request.as_of,
        msg("What is owed was charged before {as_of}, the day of the balance.", as_of=request.as_of),
        "charged_since",
    )
    first = first_date(request)
    _refuse(
        request.down_payment_on is not None and request.down_payment_on > first,
        msg("A down payment comes before the instalments: on {first} at the latest.", first=first),
        "down_payment_on",
    )


def _method_fields(request: PlanRequest) -> None:
    method, label = request.method, Label("plan_method", request.method)
    for field, given, wanted in (
        ("step", request.step is not None, method == "stepped"),
        ("balloon", request.balloon is not None, method == "balloon"),
        ("custom", bool(request.custom), method == "custom"),
    ):
        _refuse(wanted and not given, msg("The method {method} needs {field}.", method=label, field=field), field)
        _refuse(
            given and not wanted,
            msg("{field} does not belong to the method {method}.", method=label, field=field),
            field,
        )
    _refuse(
        request.settlement_amount is not None and method != "settlement",
        msg("{field} does not belong to the method {method}.", method=label, field="settlement_amount"),
        "settlement_amount",
    )
    _refuse(
        method == "down_payment" and not request.down_payment,
        msg("Give the down payment, or choose a method without one."),
        "down_payment",
    )
    if request.balloon is not None:
        _refuse(not 0 < request.balloon <= MAX_MINOR, msg("The last instalment must be more than zero."), "balloon")
    _step(request)
    _settlement(request)


def _step(request: PlanRequest) -> None:
    step = request.step
    if step is None:
        return
    _refuse(step.every < 1, msg("A step comes every 1 or more instalments."), "step.every")
    _refuse(
        (step.percent is None) == (step.amount is None), msg("Give the step as a percentage or as an amount."), "step"
    )
    percent = step.percent if step.percent is not None else Decimal(0)
    _refuse(
        not (percent.is_finite() and -100 < percent <= 1000),
        msg("A step lies above -100 and up to 1000 percent."),
        "step.percent",
    )


def _settlement(request: PlanRequest) -> None:
    amount = request.settlement_amount
    if request.method != "settlement":
        return
    left = request.balance.total - request.waive.total
    owed = Money(request.balance.total, request.currency)
    if amount is None:
        _refuse(
            not request.waive.total,
            msg("A settlement is for less than the {owed} owed; give its amount.", owed=owed),
            "settlement_amount",
        )
        return
    _refuse(amount <= 0, msg("A settlement must be more than zero."), "settlement_amount")
    _refuse(
        amount >= request.balance.total or amount > left,
        msg("A settlement is for less than is owed: less than {left}.", left=Money(left, request.currency)),
        "settlement_amount",
    )
    _refuse(
        request.down_payment >= amount,
        msg("The down payment must be less than the settlement it belongs to."),
        "down_payment",
    )


def _count_or_amount(request: PlanRequest) -> None:
    count, amount = request.instalments, request.instalment_amount
    _refuse(
        count is not None and amount is not None,
        msg("Give the number of instalments or the amount of each, not both."),
        "instalments",
    )
    if request.method == "custom":
        _refuse(
            count is not None or amount is not None,
            msg("A custom plan's dates and amounts say how many instalments there are."),
            "instalments" if count is not None else "instalment_amount",
        )
        return
    _refuse(
        count is None and amount is None and request.method != "settlement",
        msg("Give the number of instalments or the amount of each."),
        "instalments",
    )
    fewest = 2 if request.method == "balloon" else 1
    _refuse(
        count is not None and count < fewest,
        nmsg(
            "A plan by this method has at least {n} instalment.",
            "A plan by this method has at least {n} instalments.",
            fewest,
        ),
        "instalments",
    )
    _refuse(
        amount is not None and not 0 < amount <= MAX_MINOR,
        msg("An instalment must be more than zero."),
        "instalment_amount",
    )


def _accrual(request: PlanRequest) -> None:
    accrual = request.accrual
    if accrual is None:
        return
    _refuse(
        not (accrual.daily_rate.is_finite() and 0 <= accrual.daily_rate <= 1),
        msg("A daily rate lies between 0 and 1."),
        "accrue.daily_rate",
    )
    _refuse(
        accrual.statement_day is not None and not 1 <= accrual.statement_day <= 31,
        msg("A statement day lies between 1 and 31."),
        "accrue.statement_day",
    )
    first = first_date(request)
    _refuse(
        accrual.to is not None and not request.as_of <= accrual.to <= first,
        msg(
            "The old interest can run on from {as_of}, the day of the balance, to {first}, the first due date.",
            as_of=request.as_of,
            first=first,
        ),
        "accrue.to",
    )
