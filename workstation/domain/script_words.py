"""Words that give a debt away: none stands in what is said before the identity check or to a third person."""

from __future__ import annotations

import re

# Beginnings of words: `pay` is also in payment, payable, paying.
_BEGINNINGS = (
    "account|amount|arrears|attorney|balance|bill|borrow|card|charge|claim|collect|credit|debit|debt|default|dispute"
    "|financ|forbear|guarant|hardship|instal|interest|invoice|judg|lawsuit|lawyer|legal|lend|lent|liab|loan|money"
    "|mortgage|outstanding|overdue|owe|owing|pay|penalt|plan|promis|recover|refund|repay|settle|solicitor|statement"
    "|unpaid|waive"
)
_WORDS = "apr|courts?|due|fees?|sued?|suing|suits?"
_CHINESE = (
    "欠|债|逾|还款|还钱|还清|偿|贷|信用|卡|账|帐|催|款|钱|分期|利息|息费|罚|违约|减免|费用|法院|法务|法律|起诉|诉讼|律师"
    "|仲裁|征信|异议|担保|金额|余额|协议|承诺|合约|拖|困难|扣"
)
_GIVES_AWAY = re.compile(rf"\b(?:{_BEGINNINGS})\w*|\b(?:{_WORDS})\b|(?:{_CHINESE})", re.IGNORECASE)
_FIELD = re.compile(r"\{\w+\}")


def debt_words(text: str) -> tuple[str, ...]:
    """The words of `text` that tell a listener that somebody owes money; names of fields do not count."""
    return tuple(found[0] for found in _GIVES_AWAY.finditer(_FIELD.sub("", text)))
