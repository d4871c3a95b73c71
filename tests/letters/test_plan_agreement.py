"""An agreement says everything that article 70 asks for, each thing by name, and tells the plan as it was agreed."""

from __future__ import annotations

import pytest

from letters import templates
from letters.context import plan_of, read_context
from letters.refusals import LetterRefused
from letters.render import render, render_typed
from resources import resource
from workstation.domain.plan_form import run_plan
from workstation.domain.rulepack import load

SPEECHES = ["zh_CN", "en"]
WHOLE = [
    "balance",
    "structure",
    "currency",
    "cycle",
    "method",
    "dates",
    "amounts",
    "fees_and_interest",
    "bank_rights",
    "bank_duties",
    "debtor_rights",
    "debtor_duties",
    "breach",
    "other_matters",
]
PLACES = [("zh-CN", "plan_agreement.{}.toml", [*WHOLE, "no_new_cards"])]
PLACES += [(place, "plan_agreement.{}.us-uk.toml", WHOLE) for place in ("en-US", "en-GB")]
CASES = [
    (place, name.format(speech), speech, element)
    for place, name, elements in PLACES
    for speech in SPEECHES
    for element in elements
]
REQUEST = {
    "as_of": "2026-11-23",
    "jurisdiction": "zh-CN",
    "currency": "CNY",
    "days_past_due": 78,
    "balance": {"principal": "41280.00", "interest": "5102.44", "penalty": "2230.83", "fees": "12.00", "costs": "0"},
    "first_due": "2026-11-30",
    "frequency": "monthly",
}
TWO = [
    {"id": "b", "balance": {"principal": "9000.00", "interest": "300.00"}, "days_past_due": 40},
    {"id": "a", "balance": {"principal": "20000.00", "penalty": "77.10"}, "days_past_due": 78},
]


def agreed(**changes):
    """The `plan` of a context for a plan calculated anew."""
    request = {key: value for key, value in {**REQUEST, **changes}.items() if value is not None}
    return plan_of(request, run_plan(request), {"a": "4821", "b": "4822"})


@pytest.mark.parametrize(("place", "name", "speech", "element"), CASES)
def test_a_clause_left_out_is_refused_by_its_name(context, place, name, speech, element):
    text = resource(f"letters/{name}").read_text("utf-8")
    template = templates.parse(text.replace(f'"{element}"', '"something_else"'))
    with pytest.raises(LetterRefused) as refused:
        render_typed(read_context(context("plan_agreement", speech, jurisdiction=place)), template)
    assert refused.value.missing == (f"says {element}",)
    assert load(place).rule("plan_clauses").source in str(refused.value)


@pytest.mark.parametrize("speech", SPEECHES)
def test_a_clause_left_blank_states_nothing(context, speech):
    text = resource(f"letters/plan_agreement.{speech}.toml").read_text("utf-8")
    template = templates.parse(text)
    blank = [
        type(block)(
            **{
                **{name: getattr(block, name) for name in block.__struct_fields__},
                "text": " " if block.states else block.text,
                "rows": [type(row)(text="  ", states=row.states) for row in block.rows],
            }
        )
        for block in template.blocks
    ]
    fields = {name: getattr(template, name) for name in template.__struct_fields__}
    with pytest.raises(LetterRefused) as refused:
        render_typed(read_context(context("plan_agreement", speech)), type(template)(**{**fields, "blocks": blank}))
    # The tables still say the balance, its structure, the dates and the amounts.
    assert refused.value.missing == tuple(
        f"says {element}"
        for element in (
            "currency",
            "cycle",
            "method",
            "fees_and_interest",
            "no_new_cards",
            "rights_duties_and_breach",
            "other_matters",
        )
    )


def test_a_plan_without_its_method_is_refused(context):
    given = context("plan_agreement")
    given["plan"]["method"] = ""
    with pytest.raises(LetterRefused) as refused:
        render(given)
    assert refused.value.missing == ("plan.method",)


@pytest.mark.parametrize("lacking", ["due", "amount"])
def test_an_instalment_without_its_day_or_amount_is_refused(context, lacking):
    from workstation.domain.errors import InputError

    given = context("plan_agreement")
    del given["plan"]["schedule"][3][lacking]
    with pytest.raises(InputError) as refused:
        render(given)
    assert refused.value.field is not None
    assert refused.value.field.startswith("plan.schedule[3]")


@pytest.mark.parametrize(
    ("changes", "chinese", "english"),
    [
        (
            {"method": "stepped", "instalments": 12, "step": {"every": 6, "amount": "500.00"}},
            "分段还款，每期金额逐段变化",
            "in instalments that change by steps",
        ),
        (
            {"method": "balloon", "instalments": 6, "balloon": "30000.00"},
            "末期一次还清余款人民币30,000.00元",
            "The last one pays the whole rest of CNY 30,000.00.",
        ),
        (
            {"method": "settlement", "instalments": 3, "settlement_amount": "40000.00"},
            "欠款即告结清，甲方不再就该欠款主张其余部分",
            "the debt is settled and Party A claims nothing more of it",
        ),
        (
            {"method": "equal_instalment", "instalments": 12, "annual_rate": "0.06"},
            "按年利率6%计收分期利息",
            "plan interest of 6% a year runs",
        ),
    ],
)
@pytest.mark.parametrize("speech", SPEECHES)
def test_each_kind_of_plan_is_told(context, read_back, speech, changes, chinese, english):
    text = read_back(render(context("plan_agreement", speech, plan=agreed(**changes))).pdf)
    assert "".join((chinese if speech == "zh_CN" else english).split()) in text


def test_what_is_waived_is_told_by_component_and_owed_again_after_a_breach(context, read_back):
    plan = agreed(method="settlement", instalments=2, settlement_amount="45000.00")
    text = read_back(render(context("plan_agreement", plan=plan)).pdf)
    # Penalty first, then fees, then interest: 48,625.27 − 45,000.00
    assert "减免其中人民币3,625.27元" in text
    assert "其中利息人民币1,382.44元、违约金人民币2,230.83元、费用人民币12.00元" in text
    assert "第一条的减免不再生效" in text
    nothing = agreed(method="interest_free", instalments=12)
    assert "不再生效" not in read_back(render(context("plan_agreement", plan=nothing)).pdf)


def test_of_several_accounts_each_instalment_says_what_goes_where(context, poppler):
    plan = agreed(method="interest_free", instalments=4, accounts=TWO, balance=None, days_past_due=None)
    accounts = [
        {"card_tail": "4822", "balance": {"principal": "9000.00", "interest": "300.00"}},
        {"card_tail": "4821", "balance": {"principal": "20000.00", "penalty": "77.10"}},
    ]
    made = render(context("plan_agreement", plan=plan, accounts=accounts))
    rows = [row.split() for row in poppler(made.pdf, "-layout").splitlines()]
    shares = [row[2:] for row in rows if row[:1] and row[0] in {"1", "2", "3", "4"} and len(row) == 4]
    assert shares == [["7,344.28", "0.00"], ["7,344.28", "0.00"], ["5,388.54", "1,955.74"], ["0.00", "7,344.26"]]
    assert ["合计", "20,077.10", "9,300.00"] in rows


def test_a_down_payment_on_several_accounts_says_what_goes_where(context, poppler):
    several = {"accounts": TWO, "balance": None, "days_past_due": None}
    plan = agreed(method="interest_free", instalments=4, down_payment="1000.00", **several)
    rows = [row.split() for row in poppler(render(context("plan_agreement", plan=plan)).pdf, "-layout").splitlines()]
    assert ["首付款", "2026年11月23日", "1,000.00", "0.00"] in rows
    assert ["合计", "20,077.10", "9,300.00"] in rows


def test_consent_by_recording_names_the_recording(context, read_back):
    plan = {**agreed(method="interest_free", instalments=12), "consent": "recorded", "recording": "REC-2026-77"}
    assert "录音编号：REC-2026-77" in read_back(render(context("plan_agreement", plan=plan)).pdf)


@pytest.mark.parametrize(("place", "currency"), [("en-US", "USD"), ("en-GB", "GBP")])
@pytest.mark.parametrize("speech", SPEECHES)
def test_elsewhere_the_agreement_names_no_chinese_law(context, read_back, place, currency, speech):
    plan = agreed(method="interest_free", instalments=12, jurisdiction=place, currency=currency)
    made = render(context("plan_agreement", speech, jurisdiction=place, currency=currency, plan=plan))
    text = read_back(made.pdf)
    assert f"{currency}48,625.27" in text
    assert not [word for word in ("管理办法", "大写", "Measures", "capitals", "article70") if word in text]
    assert ("免费、独立的债务咨询" if speech == "zh_CN" else "freeandindependentdebtadvice") in text


@pytest.mark.parametrize(
    ("speech", "signed", "recorded"),
    [
        ("zh_CN", "乙方已于2026年11月20日签署本协议。", "乙方已于2026年11月20日以录音方式同意本协议，录音编号：R-1。"),
        (
            "en",
            "Party B signed this agreement on 20 November 2026.",
            "Party B agreed orally on 20 November 2026; recording R-1.",
        ),
    ],
)
def test_an_agreement_printed_later_keeps_its_days(context, read_back, speech, signed, recorded):
    plan = {**agreed(method="interest_free", instalments=12), "agreed_on": "2026-11-20"}
    given = context("plan_agreement", speech, date="2027-01-05", pay_by="2027-02-01")
    for consent, told in (("signed", signed), ("recorded", recorded)):
        text = read_back(render({**given, "plan": {**plan, "consent": consent, "recording": "R-1"}}).pdf)
        assert "".join(told.split()) in text
        assert ("截至2026年11月23日" if speech == "zh_CN" else "On23November2026PartyBowed") in text
