"""The shipped templates: offered, complete in both languages, and free of names that do not exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from letters import templates
from letters.context import plan_of, read_context
from letters.filling import Filling, balances_of, values_of
from letters.language import language
from letters.matters import FACTS
from letters.render import render
from resources import resource
from tests.letters.conftest import matters
from workstation.domain.conduct import letter_purpose
from workstation.domain.letter_rules import INTERNAL
from workstation.domain.rulepack import JURISDICTIONS

SHIPPED = sorted(
    entry.name
    for entry in resource("letters").iterdir()
    if entry.name.endswith(".toml") and not entry.name.startswith(("language.", "part."))
)
CHINA = [
    "reminder",
    "demand",
    "settlement_offer",
    "plan_agreement",
    "budget_statement",
    "instalment_reminder",
    "breach_notice",
    "visit_notice",
    "visit_dossier",
    "dispute_reply",
    "complaint_reply",
    "limitation_demand",
    "final_notice",
    "lawyers_letter",
    "paid_in_full",
    "case_history",
]


def test_every_letter_comes_in_both_languages():
    for speech in ("zh_CN", "en"):
        offered = templates.available("zh-CN", speech)
        assert [info.id for info in offered] == CHINA
        assert all(info.languages == ("en", "zh_CN") for info in offered)
    assert offered[1].title.plain() == "Demand letter"


def test_nothing_is_offered_where_no_template_is_written_for_it():
    assert "lawyers_letter" not in {info.id for info in templates.available("en-US", "en")}
    assert templates.available("zh-CN", "de") == []


def test_the_version_offered_is_the_version_made(context):
    offered = {info.id: info.version for info in templates.available("zh-CN", "zh_CN")}
    assert render(context()).version == offered["demand"]


@pytest.mark.parametrize("name", SHIPPED)
def test_templates_name_only_values_that_exist(context, name):
    template = templates.parse(resource(f"letters/{name}").read_text("utf-8"))
    assert name.startswith(f"{template.id}.{template.language}.")
    known = set()
    for place in ("zh-CN", "en-GB", "en-US"):
        made = context(template.id, facts=dict.fromkeys(FACTS, True)) | {"jurisdiction": place}
        for account in made["accounts"]:
            account["at_pay_by"] = account["balance"]
        given = read_context(made | {name: matters("zh_CN")[name] for name in ("visit", "legal")})
        known |= set(values_of(given, language("zh_CN"), balances_of(given)))
    texts = [text for block in template.blocks for text in (block.text, *(row.text for row in block.rows))]
    named = {value for text in texts for value in re.findall(r"\{([^}]*)\}", text)}
    conditions = {
        condition.removeprefix("not ")
        for block in template.blocks
        for part in (block, *block.rows)
        for condition in part.when
    }
    assert (named | conditions | set(template.needs)) - known == set()
    assert all(text.count("**") % 2 == 0 and text.count("<<") == text.count(">>") for text in texts)


@pytest.mark.parametrize(
    ("identifier", "jurisdiction"),
    sorted({(template.id, place) for template in templates._newest() for place in template.jurisdictions}),
)
def test_both_languages_state_the_same(identifier, jurisdiction):
    stated = []
    for speech in ("zh_CN", "en"):
        template = templates.find(identifier, speech, jurisdiction)
        parts = [part for block in template.blocks for part in (block, *block.rows)]
        stated.append({(*sorted(part.states), *sorted(part.asserts)) for part in parts})
    assert stated[0] == stated[1]


def test_optional_parts_fall_away_whole():
    filling = Filling({"a": "1", "b": ""})
    spans = filling.spans("x<<, {b} and {a}>> **{a}**<<!{a}>>")
    assert "".join(span.text for span in spans) == "x 1!1"
    assert [span.text for span in spans if span.bold] == ["1"]
    assert filling.missing == {}


def test_a_missing_value_outside_an_optional_part_is_noted():
    filling = Filling({"a": ""})
    filling.spans("{a} <<{b}>>")
    assert list(filling.missing) == ["a"]


def test_a_calculated_plan_becomes_an_agreement(context, read_back):
    from workstation.domain.plan_form import run_plan

    request = {
        "as_of": "2026-11-23",
        "jurisdiction": "zh-CN",
        "currency": "CNY",
        "days_past_due": 78,
        "balance": {"principal": "41280.00", "interest": "5102.44", "penalty": "2230.83", "fees": "0", "costs": "0"},
        "waive": {"penalty": "2230.83"},
        "method": "interest_free",
        "annual_rate": "0",
        "instalment_amount": "1600.00",
        "first_due": "2026-11-30",
        "frequency": "monthly",
        "role": "collector",
    }
    result = run_plan(request)
    text = read_back(render(context("plan_agreement", plan=plan_of(request, result))).pdf)
    assert "共29期" in text
    assert "人民币46,382.44元" in text
    assert "人民币2,230.83元" in text


@pytest.mark.parametrize("place", JURISDICTIONS)
def test_every_letter_that_collects_says_what_the_law_asks_of_collecting_letters(place):
    for template in templates._newest():
        if place in template.jurisdictions and template.id not in INTERNAL and letter_purpose(template.id) == "collect":
            assert "letter_contents" in template.rules, template.id
            assert template.owing, template.id


def test_the_page_about_letters_has_every_template_with_its_rules():
    rows = {
        row.split("`")[1]: row
        for row in (Path(__file__).parents[2] / "docs" / "letters.md").read_text("utf-8").splitlines()
        if row.startswith("| `")
    }
    for template in templates._newest():
        assert all(f"`{rule}`" in rows[template.id] for rule in template.rules)
    assert set(rows) == {template.id for template in templates._all()}


def test_a_part_that_letters_share_is_used_and_comes_in_both_languages():
    folder = {entry.name for entry in resource("letters").iterdir()}
    used = {
        f"part.{block['text']}.{raw['language']}.toml"
        for name in SHIPPED
        for raw in [tomllib.loads(resource(f"letters/{name}").read_text("utf-8"))]
        for block in raw["blocks"]
        if block["kind"] == "part"
    }
    assert used == {name for name in folder if name.startswith("part.")}
    assert {name.replace(".en.", ".zh_CN.") for name in used if ".en." in name} <= used
