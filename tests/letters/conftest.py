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
        return copy.deepcopy({**made, **changes})

    return make


@pytest.fixture
def read_back() -> Callable[[bytes], str]:
    """The text of a PDF by pypdf, without white space: lines may be broken anywhere in Chinese."""

    def read(pdf: bytes) -> str:
        reader = pypdf.PdfReader(BytesIO(pdf))
        return "".join("".join(page.extract_text() for page in reader.pages).split())

    return read
