"""A letter that would say what is not so is refused, and names the field."""

from __future__ import annotations

from datetime import date

import pytest

from letters.refusals import LetterRefused
from letters.render import render
from letters.truths import Untrue
from workstation.domain.errors import InputError

BAD = [
    ("demand", {"accounts.0.at_pay_by": {"principal": "100.00"}}, "accounts[0].at_pay_by"),
    ("settlement_offer", {"settlement.amount": "50000.00"}, "settlement.amount"),
    ("settlement_offer", {"settlement.amount": "0.00"}, "settlement.amount"),
    ("settlement_offer", {"settlement.waived": {"interest": "1.00"}}, "settlement.waived"),
    ("settlement_offer", {"settlement.parts.0.amount": "15000.00"}, "settlement.parts"),
    ("settlement_offer", {"settlement.parts.0.due": "2027-02-10"}, "settlement.parts"),
    ("settlement_offer", {"settlement.parts.0.due": "2026-11-22"}, "settlement.parts"),
    ("settlement_offer", {"settlement.valid_until": "2026-11-22"}, "settlement.valid_until"),
    ("instalment_reminder", {"instalment.due": "2026-11-22"}, "instalment.due"),
    ("instalment_reminder", {"instalment.arrears": "0.01"}, "instalment.arrears"),
    ("instalment_reminder", {"instalment.n": 30}, "instalment.n"),
    ("breach_notice", {"instalment.due": "2026-11-23"}, "instalment.due"),
    ("breach_notice", {"instalment.paid": "1600.00"}, "instalment.paid"),
    ("breach_notice", {"instalment.arrears": "1249.49"}, "instalment.arrears"),
    ("breach_notice", {"instalment.grace_until": "2026-11-23"}, "instalment.grace_until"),
    ("visit_notice", {"visit.persons": [{"name": "沈言", "role": "专员", "badge": "1"}]}, "visit.persons"),
    ("visit_notice", {"visit.day": "2026-11-23"}, "visit.day"),
    ("visit_notice", {"visit.change_by": "2026-12-09"}, "visit.change_by"),
    ("visit_notice", {"visit.from_time": "07:59"}, "visit.from_time"),
    ("visit_notice", {"visit.to_time": "22:01"}, "visit.from_time"),
    ("visit_notice", {"visit.to_time": "14:00"}, "visit.from_time"),
    ("dispute_reply", {"objection.received_on": "2026-11-24"}, "objection.received_on"),
    ("complaint_reply", {"objection.answer_by": "2026-11-22"}, "objection.answer_by"),
    ("final_notice", {"legal.after": "2026-11-23"}, "legal.after"),
    ("final_notice", {"legal.taken_on": "2026-11-20"}, "legal.taken_on"),
    ("final_notice", {"legal.limitation_until": "2026-11-22"}, "legal.limitation_until"),
    ("lawyers_letter", {"legal.limitation_until": "2026-11-22"}, "legal.limitation_until"),
    ("limitation_demand", {"legal.limitation_until": "2026-11-22"}, "legal.limitation_until"),
    ("limitation_demand", {"legal.last_interruption": "2026-11-24"}, "legal.last_interruption"),
    ("paid_in_full", {"accounts.0.balance": {"fees": "0.01"}}, "accounts"),
    ("paid_in_full", {"paid.on": "2026-11-24"}, "paid.on"),
    ("paid_in_full", {"paid.last_payment": "46394.45"}, "paid.last_payment"),
    ("validation_notice", {"validation.dispute_until": "2026-12-29"}, "validation.dispute_until"),
    ("validation_notice", {"validation.itemisation_date": "2026-11-24"}, "validation.itemisation_date"),
    ("validation_notice", {"validation.amount_then": "46000.01"}, "validation.itemised"),
]
GOOD = [  # the other side of the same boundaries
    ("settlement_offer", {"settlement.valid_until": "2026-11-23"}),
    ("instalment_reminder", {"instalment.due": "2026-11-23"}),
    ("breach_notice", {"instalment.due": "2026-11-22", "instalment.grace_until": "2026-11-24"}),
    ("breach_notice", {"instalment.paid": "1599.99"}),
    ("visit_notice", {"visit.day": "2026-11-24", "visit.change_by": "2026-11-24"}),
    ("visit_notice", {"visit.from_time": "08:00", "visit.to_time": "22:00"}),
    ("dispute_reply", {"objection.received_on": "2026-11-23", "objection.answer_by": "2026-11-23"}),
    ("final_notice", {"legal.after": "2026-11-24", "legal.limitation_until": "2026-11-23"}),
    ("final_notice", {"legal.taken_on": "2026-11-20", "facts": {"legal_step_taken": True}}),
    ("paid_in_full", {"paid.on": "2026-11-23", "paid.last_payment": "46394.44"}),
    ("validation_notice", {"validation.dispute_until": "2026-12-30"}),
]


def changed(given, changes):
    for path, value in changes.items():
        *way, last = path.split(".")
        part = given
        for step in way:
            part = part[int(step)] if isinstance(part, list) else part[step]
        part[last] = value
    return given


@pytest.mark.parametrize(("template", "changes", "field"), BAD)
def test_what_is_not_so_is_refused_with_its_field(context, template, changes, field):
    with pytest.raises(Untrue) as refused:
        render(changed(context(template), changes))
    assert refused.value.field == field


@pytest.mark.parametrize(("template", "changes"), GOOD)
def test_what_is_so_is_printed(context, template, changes):
    assert render(changed(context(template), changes)).pages


@pytest.mark.parametrize("speech", ["zh_CN", "en"])
@pytest.mark.parametrize("place", ["zh-CN", "en-GB", "en-US"])
def test_an_offer_to_give_up_part_needs_the_authority_for_it(context, speech, place):
    given = context("settlement_offer", speech, jurisdiction=place)
    given["facts"] = {"legal_step_taken": True, "credit_reported": True}
    with pytest.raises(LetterRefused) as refused:
        render(given)
    assert refused.value.missing == ("true waiver_available",)
    assert "authority to give up part of the debt" in str(refused.value)
    given["settlement"] = {
        "amount": "48625.27",
        "valid_until": "2026-12-05",
        "parts": [{"due": "2026-12-10", "amount": "48625.27"}],
    }
    assert render(given).pages, "an offer that gives up nothing needs none"


@pytest.mark.parametrize("template", ["final_notice", "lawyers_letter"])
def test_a_step_is_said_to_be_taken_only_when_it_was(context, read_back, template):
    given = context(template)
    assert "已于2026年11月20日" not in read_back(render(given).pdf)
    given["legal"]["taken_on"] = "2026-11-20"
    with pytest.raises(Untrue):
        render(given)
    given["facts"] = {"legal_step_taken": True}
    text = read_back(render(given).pdf)
    assert "已于2026年11月20日" in text
    assert "尚未采取上述步骤" not in text


def test_a_template_whose_assertion_nothing_confirms_is_refused(context):
    """Beside the checks of the context: what a block asserts must be a fact, whatever the block is."""
    import msgspec

    from letters import templates
    from letters.context import read_context
    from letters.render import render_typed

    template = templates.find("demand", "zh_CN", "zh-CN")
    said = templates.Block("paragraph", "您的逾期信息已报送征信系统。", asserts=("credit_reported",))
    template = msgspec.structs.replace(template, blocks=[*template.blocks[:-1], said, template.blocks[-1]])
    with pytest.raises(LetterRefused) as refused:
        render_typed(read_context(context()), template)
    assert refused.value.missing == ("true credit_reported",)
    assert render_typed(read_context(context(facts={"credit_reported": True})), template).pages


def test_a_time_that_cannot_be_read_says_how_to_write_it(context):
    with pytest.raises(InputError) as refused:
        render(changed(context("visit_notice"), {"visit.from_time": "下午两点"}))
    assert refused.value.field == "visit.from_time"
    assert "14:00" in str(refused.value)


def test_a_past_letter_is_made_again_whatever_is_asked_for_today(context):
    made = render(changed(context("demand"), {"accounts.0.balance": {"principal": "10.00"}}), "2.1.1")
    assert made.version.startswith("2.")
    low = changed(context("demand"), {"accounts.0.at_pay_by": {"principal": "1.00"}})
    assert render(low, "2.1.1").pages


def test_the_shipped_quiet_hours_run_over_midnight():
    """`truths._visit` reckons with it."""
    from workstation.domain.rulepack import JURISDICTIONS, load

    for place in JURISDICTIONS:
        quiet = load(place, date(2026, 11, 23)).quiet_hours
        assert quiet.start > quiet.end
