"""人民币大写: an amount of yuan in the characters that bills and letters require.

Rules: 中国人民银行《支付结算办法》附一《正确填写票据和结算凭证的基本规定》第三至五条. Where they leave a choice,
the first form of their own examples is written: no 整 after 角, 零 between 元 and 角 when the yuan end in zero.
"""

from __future__ import annotations

from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import MAX_MINOR

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")


def amount_words(minor: int, currency: str = "CNY") -> str:
    """`minor` fen as 人民币大写, e.g. 140950 → 人民币壹仟肆佰零玖元伍角.

    `InputError` for another currency, a negative amount or one above `MAX_MINOR`.
    """
    if currency != "CNY":
        raise InputError(
            msg("Amounts in Chinese characters exist for yuan (CNY) only, not for {currency}.", currency=currency),
            code="unsupported_currency",
            field="currency",
        )
    if minor < 0:
        raise InputError(
            msg("A negative amount cannot be written in Chinese characters; give zero or more."), field="amount"
        )
    if minor > MAX_MINOR:
        raise InputError(msg("The amount is larger than this program accepts."), field="amount")
    yuan, cents = divmod(minor, 100)
    jiao, fen = divmod(cents, 10)
    whole = f"{_whole(yuan)}元" if yuan or not cents else ""
    if not cents:
        return f"人民币{whole}整"
    # The zero before 角 or 分 stands for the digits passed over; without yuan there is none to bridge.
    bridge = "零" if whole and (jiao == 0 or yuan % 10 == 0) else ""
    tail = (f"{_DIGITS[jiao]}角" if jiao else "") + (f"{_DIGITS[fen]}分" if fen else "")
    return f"人民币{whole}{bridge}{tail}"


def _whole(number: int) -> str:
    """A whole number in capitals; 亿 and 万 split it, as it is read."""
    for unit, name in ((10**8, "亿"), (10**4, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            if not low:
                return f"{_whole(high)}{name}"
            skipped = "零" if low < unit // 10 else ""
            return f"{_whole(high)}{name}{skipped}{_whole(low)}"
    return _under_ten_thousand(number)


def _under_ten_thousand(number: int) -> str:
    if number == 0:
        return "零"
    words, skipped = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if skipped and words else "") + _DIGITS[digit] + _PLACES[place]
        skipped = not digit
    return words
