"""Script files are checked whole at load: every fault is refused by file, line and entry."""

from __future__ import annotations

import pytest

from resources import resource
from workstation.domain.rulepack import JURISDICTIONS
from workstation.domain.rulepack import load as load_pack
from workstation.domain.script import ScriptError
from workstation.domain.script_file import parse

NAME = "zh-CN.toml"


def shipped(name: str = NAME) -> str:
    return resource(f"scripts/{name}").read_text(encoding="utf-8")


def fault(text: str, name: str = NAME) -> str:
    with pytest.raises(ScriptError) as caught:
        parse(text, name, load_pack(name.removesuffix(".toml")))
    assert caught.value.code == "bad_script"
    return caught.value.message.plain()


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_the_shipped_files_are_in_order(jurisdiction: str) -> None:
    scripts = parse(shipped(f"{jurisdiction}.toml"), f"{jurisdiction}.toml", load_pack(jurisdiction))
    assert scripts.name.startswith(f"{jurisdiction}@")


@pytest.mark.parametrize(
    ("old", "new", "entry", "problem"),
    [
        ('requires = ["promise_kept"]', 'requires = ["promise_kpet"]', "promise_kept", "'promise_kpet'"),
        ('stages = ["M1", "M2"]', 'stages = ["M9"]', "reminder_early", "Invalid enum value 'M9'"),
        ('situations = ["hardship"]', 'situations = ["hard"]', "hard_times", "Invalid enum value 'hard'"),
        ('line = "interest_waiver"', 'lines = "x"', "waiver", "unknown field `lines`"),
        ('id = "on_behalf"', 'id = "greet"', "greet", "another entry of this id"),
        ('id = "on_behalf"', 'id = "on_behalf"\nstages = ["M5"]', "on_behalf", "may not depend on the case"),
        ('id = "on_behalf"', 'id = "on_behalf"\nwhen = ["time_barred"]', "on_behalf", "may not depend on the case"),
        ('id = "on_behalf"', 'id = "on_behalf"\nsituations = ["dispute"]', "on_behalf", "on the situation"),
        ('id = "third_ask"', 'id = "third_ask"\nwilling = false', "third_ask", "may not depend on the case"),
        ("I am calling on behalf of {bank}.", "I am calling about your card.", "on_behalf", "same fields"),
        ("我受{bank}委托给您来电。", "我受{bank}委托，提醒您还款。", "on_behalf", "gives a debt away: 还款"),
        ("请问{name}现在在您身边吗", "{name}欠了钱，您知道吗", "third_ask", "gives a debt away: 欠, 钱"),
        ("I would like to get in touch with {name}.", "{bank} asks for {name}.", "third_purpose", "same fields"),
        ('parties = ["related", "unrelated"]', 'parties = ["related", "debtor"]', "third_greet", "not for both"),
        ("within {answer_days}", "within {validation_days}", "dispute_papers", "same fields"),
        ('zh_CN = "谢谢您接听，再见。"', 'zh_CN = " "', "thanks", "needs a sentence in en and in zh_CN"),
        ('zh_CN = "谢谢您接听，再见。"', 'fr = "Au revoir."', "thanks", "needs a sentence in en and in zh_CN"),
        ("as of today {amount} is owed", "as of today {sum} is owed", "reminder_late", "same fields"),
    ],
)
def test_a_faulty_entry_is_named_with_its_line(old: str, new: str, entry: str, problem: str) -> None:
    text = shipped()
    if old not in text:
        old, new = old[0].upper() + old[1:], new[0].upper() + new[1:]
    assert old in text
    broken = text.replace(old, new, 1)
    said = fault(broken)
    head = next(
        number
        for number, row in reversed(list(enumerate(broken.splitlines(), 1)))
        if row.startswith("[[") and f'id = "{entry}"' in broken.splitlines()[number]
    )
    assert said.startswith(f"Script file zh-CN.toml, line {head}: ")
    assert f"“{entry}”" in said
    assert problem in said


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('version = "2"', "version 2", "line "),
        ('jurisdiction = "zh-CN"', 'jurisdiction = "en-GB"', "must state the jurisdiction"),
        ('line = "interest_waiver"\n', "", "no statement carries the line “interest_waiver”"),
        ('id = "thanks"\n', 'id = "thanks"\nstages = ["M1"]\n', "closing needs a statement without conditions"),
        ('id = "greet"\nsay = { en = "Hello, this', 'id = "greet"\nsay = { en = "{bank}: Hello, this', "same fields"),
        ('rule = "conduct"', 'rule = "manners"', "the rule pack has no rule “manners”"),
        ('rule = "conduct"', 'rule = "conduct"\narticle = "1"', "either a rule of the pack or an article"),
        ('rule = "conduct"', "", "either a rule of the pack or an article"),
        (
            '"credit_reported"\nholds = false',
            '"credit_reported"\nholds = true',
            "no reason to give when “credit_reported”",
        ),
        ('fact = "third_person"\nholds = true', 'fact = "third_person"\nholds = false', "“third_person” is missing"),
        ('fact = "credit_reported"', 'fact = "legal_step_taken"', "another reason for this"),
        ("身份未核实，先不往下说。", "身份未核实，不得提及欠款。", "gives a debt away: 欠, 款"),
    ],
)
def test_a_faulty_file_is_refused(old: str, new: str, problem: str) -> None:
    text = shipped()
    assert old in text
    said = fault(text.replace(old, new, 1))
    assert said.startswith("Script file zh-CN.toml, line ")
    assert problem in said


def test_a_file_of_another_name_is_refused() -> None:
    with pytest.raises(ScriptError, match="must state the jurisdiction"):
        parse(shipped(), "en-US.toml", load_pack("en-US"))


def test_an_empty_or_binary_file_is_refused() -> None:
    assert "line " in fault("")
    assert "line " in fault("\x00")


def test_a_field_the_rule_pack_has_no_value_for_is_refused() -> None:
    text = shipped().replace("{answer_days}", "{validation_days}")
    assert "the rule pack has no value for the field “validation_days”" in fault(text)
