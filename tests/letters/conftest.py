"""A complete letter context, to be changed by each test, and ways to read a PDF back."""

from __future__ import annotations

import copy
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdf
import pytest

BANKS = {
    "zh_CN": {
        "name": "江南示范银行股份有限公司",
        "department": "信用卡中心",
        "address": "上海市浦东新区世纪大道1000号示范大厦12层",
        "postcode": "200120",
        "phone": "400-000-1234",
        "hours": "每日 8:00–20:00",
        "email": "card@bank.example",
        "website": "www.bank.example",
        "app": "“江南银行”手机银行",
        "complaint_phone": "400-000-5678",
        "payee": "江南示范银行信用卡中心专户",
        "payment_bank": "江南示范银行营业部",
        "payment_account": "31006600000012345",
    },
    "en": {
        "name": "Jiangnan Model Bank Co., Ltd.",
        "department": "Credit Card Centre",
        "address": "12/F Model Tower, 1000 Century Avenue, Shanghai",
        "postcode": "200120",
        "phone": "400-000-1234",
        "hours": "daily 8:00-20:00",
        "email": "card@bank.example",
        "website": "www.bank.example",
        "app": "the “Jiangnan” app",
        "complaint_phone": "400-000-5678",
        "payee": "Jiangnan Card Centre",
        "payment_bank": "Main Branch",
        "payment_account": "31006600000012345",
    },
}
DEBTORS = {
    "zh_CN": {"name": "欧阳明𬀩", "address": "浙江省杭州市西湖区文三路90号科技大厦A座1203室", "sex": "male"},
    "en": {"name": "O’Brien Zhang Wei", "address": "Room 1203, 90 Wensan Road, Hangzhou", "sex": "female"},
}


BUDGET: dict[str, Any] = {
    "taken_on": "2026-11-20",
    "income": [
        {"what": "工资 Salary", "told": "8,200.00 / 月", "monthly": "8200.00"},
        {"what": "兼职 Side job", "told": "276.92 / 两周", "monthly": "600.00", "reason": "周末送货"},
    ],
    "spending": [
        {"what": "食品 Food", "told": "1,900.00 / 月", "monthly": "1900.00"},
        {"what": "住房 Housing", "told": "2,000.00 / 月", "monthly": "2000.00"},
        {"what": "交通 Transport", "told": "2,250.00 / 月", "monthly": "2250.00", "reason": "每天往返医院，路远"},
    ],
    "priority_debts": [{"what": "房贷 Mortgage", "told": "200.00 / 月", "monthly": "200.00"}],
    "creditors": [
        {"name": "乙银行", "balance": "12000.00"},
        {"name": "丙公司", "balance": "5000.00", "agreed": "250.00"},
    ],
    "adults": 2,
    "children": 1,
    "income_total": "8800.00",
    "spending_total": "6150.00",
    "priority_debts_total": "200.00",
    "disposable": "2450.00",
    "safety_share": "0.9",
    "margin": "245.00",
    "to_others": "405.00",
    "available": "1800.00",
    "note": "下月起孩子上幼儿园。",
}


def _schedule(count: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for n in range(1, count + 1):
        year, month = divmod(10 + n, 12)
        day = f"{2026 + year}-{month + 1:02}-28"
        rows.append(
            {
                "n": n,
                "nominal_due": day,
                "due": day,
                "amount": "1600.00",
                "plan_interest": "0.00",
                "principal": "1500.00",
                "interest": "100.00",
                "penalty": "0.00",
                "fees": "0.00",
                "costs": "0.00",
                "balance": f"{1600 * (count - n)}.00",
            }
        )
    return rows


def matters(language: str) -> dict[str, Any]:
    """What the particular letters are about, as of 23 November 2026, over accounts that owe 48,625.27."""
    chinese = language == "zh_CN"

    def say(zh: str, en: str) -> str:
        return zh if chinese else en

    return {
        "facts": {"waiver_available": True},
        "settlement": {
            "amount": "40000.00",
            "waived": {"interest": "5102.44", "penalty": "2230.83", "fees": "12.00", "principal": "1280.00"},
            "parts": [{"due": "2026-12-10", "amount": "15000.01"}, {"due": "2027-01-11", "amount": "24999.99"}],
            "valid_until": "2026-12-05",
        },
        "instalment": {
            "n": 7,
            "of": 29,
            "due": "2026-11-28",
            "amount": "1600.00",
            "paid": "350.50",
            "remaining": "36449.50",
        },
        "visit": {
            "day": "2026-12-08",
            "from_time": "14:00",
            "to_time": "15:30",
            "place": say("浙江省杭州市西湖区文三路90号科技大厦A座1203室", "Room 1203, 90 Wensan Road, Hangzhou"),
            "persons": [
                {"name": say("沈言", "Shen Yan"), "role": say("外访专员", "visiting officer"), "badge": "JN-W-0107"},
                {"name": say("顾平", "Gu Ping"), "role": say("合规专员", "compliance officer"), "badge": "JN-W-0231"},
            ],
            "purpose": say("了解经营情况，商量还款安排。", "to hear about your business and find an arrangement."),
            "change_by": "2026-12-04",
            "phone": "400-000-4321",
        },
        "objection": {
            "reference": "YY-2026-00317",
            "received_on": "2026-11-16",
            "about": say(
                "您认为九月账单中的一笔年费不应收取。", "You say that the annual fee of September is not due."
            ),
            "findings": say(
                "该笔年费为十二元，记账日期为九月五日。", "The fee of twelve yuan was charged on 5 September."
            ),
            "outcome": "upheld",
            "decision": say(
                "您当年刷卡次数已达到免年费条件，年费予以冲回。", "You used the card often enough; it is refunded."
            ),
            "measures": say(
                "已于十一月二十日冲回并更正账单。", "It was refunded and the bill corrected on 20 November."
            ),
            "answer_by": "2026-12-23",
            "further_step": say("您可以到开户网点当面核对。", "You may check the bills with us at your branch."),
        },
        "legal": {
            "step": say("向有管辖权的人民法院提起民事诉讼", "a civil action in the court that has jurisdiction"),
            "after": "2026-12-10",
            "claims": [
                say("归还借款本金四万一千二百八十元", "repayment of the principal of CNY 41,280"),
                say("支付按约定计算的利息", "the interest as agreed"),
            ],
            "contract": "XYK-2021-778812",
            "contract_signed_on": "2021-03-15",
            "law_firm": say("浙江示范律师事务所", "Zhejiang Model Law Firm"),
            "lawyer": say("陆明远", "Lu Mingyuan"),
            "licence": "13301202110000000",
            "phone": "0571-0000-8899",
            "limitation_until": "2029-09-06",
            "last_interruption": "2026-09-06",
            "interrupted_by": say("书面催告", "a written demand"),
        },
        "history": [
            {
                "at": "2026-09-10T10:30:00+08:00",
                "kind": say("通话", "call"),
                "who": say("沈言", "Shen Yan"),
                "text": say("本人接听，承诺九月二十日还款。", "Answered in person; promises to pay on 20 September."),
                "hash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            },
            {
                "at": "2026-09-21T09:05:00+08:00",
                "kind": say("还款", "payment"),
                "who": say("系统", "system"),
                "text": say("到账五百元。", "CNY 500 received."),
                "hash": "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
            },
        ],
        "dossier": {
            "number": "WF-2026-0451",
            "expires_on": "2026-12-09",
            "stop": 3,
            "of": 6,
            "prepared_for": [say("沈言", "Shen Yan"), say("顾平", "Gu Ping")],
            "people": [
                {
                    "name": say("欧阳明𬀩", "O’Brien Zhang Wei"),
                    "relation": say("本人", "cardholder"),
                    "may_be_told": True,
                },
                {"name": say("欧阳静", "Zhang Jing"), "relation": say("姐姐", "sister")},
            ],
            "last_words": [say("十一月二十日：正在找工作。", "20 November: looking for work.")],
            "offers": [say("停息分期，最长六十期", "instalments without interest, sixty at most")],
            "checklist": [say("出示工作证件", "show the staff card"), say("征得同意后录音", "record, with consent")],
            "script": [say("先确认是本人，再说明来意。", "Make sure who it is before saying why you came.")],
        },
    }


OF_TEMPLATE = {  # the parts of `matters` that each letter needs
    "settlement_offer": ("facts", "settlement"),
    "instalment_reminder": ("instalment",),
    "breach_notice": ("instalment",),
    "visit_notice": ("visit",),
    "visit_dossier": ("visit", "dossier"),
    "dispute_reply": ("objection",),
    "complaint_reply": ("objection",),
    "final_notice": ("legal",),
    "lawyers_letter": ("legal",),
    "limitation_demand": ("legal",),
    "case_history": ("history", "legal"),
}
PAID = {
    "on": "2026-11-20",
    "total": "46394.44",
    "last_payment": "1600.00",
    "waived": "2230.83",
    "closed_cards": ["4821", "0007"],
}
VALIDATION = {
    "creditor_then": "Riverbend Model Bank",
    "creditor_now": "Harbor Model Receivables LLC",
    "itemisation_date": "2026-06-30",
    "amount_then": "46000.00",
    "itemised": {"interest": "2613.27", "fees": "512.00", "payments": "400.00", "credits": "100.00"},
    "dispute_until": "2026-12-31",
}
LATER = {"principal": "41280.00", "interest": "5310.10", "penalty": "2330.00", "fees": "12.00"}  # 48,932.10


@pytest.fixture
def context() -> Callable[..., dict[str, Any]]:
    """`context(template, language, number=1, **changes)`: everything the letter needs."""

    def make(template: str = "demand", language: str = "zh_CN", number: int = 1, **changes: Any) -> dict[str, Any]:
        made: dict[str, Any] = {
            "template": template,
            "language": language,
            "jurisdiction": "zh-CN",
            "date": "2026-11-23",
            "pay_by": "2026-12-03",
            "case_number": "JN-2026-004821",
            "debtor": {**DEBTORS[language], "postcode": "310012"},
            "bank": BANKS[language],
            "accounts": [
                {
                    "card_tail": f"{4821 + n}",
                    "balance": {
                        "principal": f"{41280 + n}.00",
                        "interest": "5102.44",
                        "penalty": "2230.83",
                        "fees": "12.00",
                        "costs": "0.00",
                    },
                    "first_unpaid_due": "2026-09-06",
                }
                for n in range(number)
            ],
            "free_paragraph": "我们在电话中谈到过 this arrangement。",
        }
        if template == "plan_agreement":
            made["plan"] = {
                "schedule": _schedule(29),
                "method": "interest_free",
                "waived": "2230.83",
                "down_payment": {"amount": "500.00", "due": "2026-11-25"},
            }
        if template == "budget_statement":
            made["budget"] = BUDGET
        whole = matters(language)
        made |= {name: whole[name] for name in OF_TEMPLATE.get(template, ())}
        if template == "breach_notice":
            late = {
                "due": "2026-10-28",
                "overdue_since": "2026-10-28",
                "arrears": "1249.50",
                "grace_until": "2026-12-01",
            }
            made["instalment"] |= late
        if template == "validation_notice":
            made |= {"jurisdiction": "en-US", "currency": "USD", "validation": VALIDATION}
        if template in {"paid_in_full", "case_history"}:
            made["debtor"]["id_tail"] = "0528"
        if template == "paid_in_full":
            made["paid"] = PAID
            for account in made["accounts"]:
                account["balance"] = {"principal": "0.00"}
        return copy.deepcopy({**made, **changes})

    return make


@pytest.fixture
def read_back() -> Callable[[bytes], str]:
    """The text of a PDF by pypdf, without white space: lines may be broken anywhere in Chinese."""

    def read(pdf: bytes) -> str:
        reader = pypdf.PdfReader(BytesIO(pdf))
        return "".join("".join(page.extract_text() for page in reader.pages).split())

    return read
