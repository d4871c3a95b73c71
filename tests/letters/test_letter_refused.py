"""A letter that would not say all the law asks for is refused, naming everything that is missing."""

from __future__ import annotations

import msgspec
import pytest

from letters import refusals, templates
from letters.clauses import PARTS
from letters.context import read_context
from letters.refusals import LetterRefused, UnknownTemplate
from letters.render import render, render_typed
from workstation.domain.errors import InputError
from workstation.domain.rulepack import load


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ("debtor", "name"),
        ("debtor", "address"),
        ("bank", "name"),
        ("bank", "phone"),
        ("bank", "address"),
        (None, "date"),
        (None, "pay_by"),
        (None, "accounts"),
    ],
)
@pytest.mark.parametrize("template", ["demand", "reminder"])
def test_a_missing_value_is_named(context, template, part, field):
    given = context(template)
    del (given[part] if part else given)[field]
    with pytest.raises(LetterRefused) as refused:
        render(given)
    assert (f"{part}.{field}" if part else field) in refused.value.missing
    assert refused.value.code == "letter_refused"


def test_everything_missing_is_named_at_once(context):
    with pytest.raises(LetterRefused) as refused:
        render({"template": "demand", "language": "zh_CN", "jurisdiction": "zh-CN"})
    missing = set(refused.value.missing)
    assert {"debtor.name", "debtor.address", "bank.name", "bank.phone", "date", "pay_by", "accounts"} <= missing
    assert {"says how_to_check", "says how_to_object", "says bank_contact"} <= missing
    assert "第六十九条" in str(refused.value)
    assert "the bank's telephone number" in str(refused.value)


def test_a_blank_value_is_a_missing_one(context):
    given = context()
    given["bank"]["phone"] = " \u200b\t"
    with pytest.raises(LetterRefused) as refused:
        render(given)
    assert "bank.phone" in refused.value.missing


def without(template, element):
    """The template as it would be if nothing in it stated the element."""

    def silent(part):
        return msgspec.structs.replace(part, states=[state for state in part.states if state != element])

    return msgspec.structs.replace(
        template,
        blocks=[
            msgspec.structs.replace(silent(block), rows=[silent(row) for row in block.rows])
            for block in template.blocks
        ],
    )


REQUIRED = [
    (template.id, template.language, template.jurisdictions[0], element)
    for template in templates._newest()
    for rule in template.rules
    for element in load(template.jurisdictions[0]).texts(rule)
    if element not in PARTS
]


@pytest.mark.parametrize(("identifier", "language", "jurisdiction", "element"), REQUIRED)
def test_a_template_that_leaves_out_a_required_statement_is_refused(
    context, identifier, language, jurisdiction, element
):
    template = templates.find(identifier, language, jurisdiction)
    with pytest.raises(LetterRefused) as refused:
        render_typed(read_context(context(identifier, language, jurisdiction=jurisdiction)), without(template, element))
    assert refused.value.missing == (f"says {element}",)


NEEDED = sorted(
    {
        (template.id, template.language, template.jurisdictions[0], need)
        for template in templates._newest()
        for need in template.needs
    }
)
DERIVED = {"cards": "accounts", "instalment.unpaid": "instalment.amount"}  # values that are made of others


@pytest.mark.parametrize(("identifier", "language", "jurisdiction", "need"), NEEDED)
def test_each_value_that_a_letter_needs_is_named_when_it_lacks(context, identifier, language, jurisdiction, need):
    given = context(identifier, language, jurisdiction=jurisdiction)
    part = given
    *way, last = DERIVED.get(need, need).split(".")
    for step in way:
        part = part[step]
    del part[last]
    with pytest.raises(LetterRefused) as refused:
        render(given)
    assert need in refused.value.missing


def test_what_letters_need_has_a_name_for_a_person():
    assert {need for _, _, _, need in NEEDED} - set(refusals._FIELDS) == set()


def test_an_agreement_needs_its_plan(context):
    given = context("plan_agreement")
    del given["plan"]
    with pytest.raises(LetterRefused) as refused:
        render(given)
    assert {"plan", "plan.schedule"} <= set(refused.value.missing)


def test_nothing_owed_is_nothing_to_demand(context):
    given = context()
    given["accounts"][0]["balance"] = {"principal": "0.00"}
    with pytest.raises(InputError) as refused:
        render(given)
    assert refused.value.field == "accounts"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, None),
        ({"debtor": {"name": "张伟", "nick": "小张"}}, "debtor"),
        ({"date": "2026-02-30"}, "date"),
        ({"pay_by": "2026-11-22"}, "pay_by"),
        ({"currency": "XXX"}, "currency"),
        ({"accounts": [{"card_tail": "1234", "balance": {"principal": "-1.00"}}]}, "accounts[0].balance.principal"),
        ({"accounts": [{"card_tail": "1234", "balance": {"principal": "1.001"}}]}, "accounts[0].balance.principal"),
        ({"accounts": [{"card_tail": "1234", "balance": {"interest": "1e9"}}]}, "accounts[0].balance.interest"),
        ({"accounts": [{"card_tail": "1234", "balance": {"interest": 5}}]}, "accounts[0].balance.interest"),
        ({"free_paragraph": "长" * 4001}, "free_paragraph"),
    ],
)
def test_bad_data_names_its_field(context, change, field):
    with pytest.raises(InputError) as refused:
        render(context(**change))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"template": "love_letter"}, "template"),
        ({"language": "de"}, "language"),
        ({"jurisdiction": "en-FR"}, "jurisdiction"),
    ],
)
def test_an_unknown_template_says_what_there_is(context, change, field):
    with pytest.raises(UnknownTemplate) as refused:
        render({**context(), **change})
    assert refused.value.field == field
    known = {"template": "demand", "language": "zh_CN", "jurisdiction": "zh-CN"}
    assert known[field] in str(refused.value)
