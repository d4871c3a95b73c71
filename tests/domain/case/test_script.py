"""Scripts: nothing about a debt before the identity check or to a third person, and no statement that is not true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resources import resource
from workstation.domain.script import FACTS, ScriptError, Situation, parse, script_for
from workstation.domain.vocabulary import STAGES

VERIFIED = frozenset({"identity_verified"})


def test_before_the_identity_check_only_the_identity_is_asked_for() -> None:
    script = script_for(Situation("M3", bank="信达银行", caller="陈静"), "zh_CN")
    assert script.title.plain() == "先核实身份"
    assert script.say[0].plain().startswith("您好,我是受信达银行委托的陈静")
    assert any("身份未核实" in why.plain() for why, _ in script.withheld)
    assert not any("欠款" in sentence.plain() for sentence in script.say)


def test_the_script_of_the_drawing() -> None:
    script = script_for(Situation("M3", VERIFIED, ability=2, willingness=4), "zh_CN")
    assert script.title.plain() == "M3 · 有还款意愿"
    assert script.say[0].plain() == "您目前一次结清有困难,我们可以一起看一个您负担得起的分期方案。"
    assert ("未立案,不得称“已采取法律措施”。", "《商业银行信用卡业务监督管理办法》第六十八条") in [
        (why.plain(), article) for why, article in script.withheld
    ]


def test_what_is_true_may_be_said_and_what_is_time_barred_may_not() -> None:
    true = frozenset({"identity_verified", "legal_step_taken", "credit_reported", "waiver_available"})
    assert script_for(Situation("M6", true), "en").withheld == ()
    barred = script_for(Situation("M7+", true | {"time_barred"}), "en").withheld
    assert [article for _, article in barred] == ["《中华人民共和国民法典》第一百九十二条"]


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ({"plan_in_force"}, "Plan in force · service only"),
        ({"dispute_open"}, "Dispute open · answer first"),
        ({"in_hardship"}, "Hardship · find what can be borne"),
        (set(), "M2 · ask and listen"),
    ],
)
def test_what_is_true_of_the_case_decides_the_script(facts: set[str], title: str) -> None:
    assert script_for(Situation("M2", VERIFIED | facts), "en").title.plain() == title


@given(
    st.sampled_from(STAGES),
    st.frozensets(st.sampled_from(sorted(FACTS))),
    st.sampled_from(("debtor", "guarantor", "related", "unrelated", "unknown")),
    st.none() | st.integers(1, 5),
    st.none() | st.integers(1, 5),
    st.sampled_from(("en", "zh_CN", "fr")),
)
def test_every_situation_has_a_script_and_a_third_person_hears_nothing(
    stage: str, facts: frozenset[str], party: str, ability: int | None, willingness: int | None, language: str
) -> None:
    script = script_for(Situation(stage, facts, party, ability, willingness, "B", "C"), language)
    assert script.say
    if party in {"related", "unrelated"}:
        spoken = " ".join(sentence.plain() for sentence in script.say).lower()
        assert not any(word in spoken for word in ("debt", "card", "pay", "account", "欠", "卡", "还款", "账户"))


def test_a_jurisdiction_without_scripts_uses_the_strictest() -> None:
    assert script_for(Situation("M2", VERIFIED), "en", "en-US") == script_for(Situation("M2", VERIFIED), "en", "zh-CN")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('when = ["plan_in_force"]', 'when = ["plan_in_farce"]', "unknown fact: plan_in_farce"),
        ('stages = ["M0", "M1"]', 'stages = ["M9"]', "unknown stage"),
        ('{ en = "Check the identity first", zh_CN', "{ zh_CN", "identify needs every sentence"),
        ('id = "negotiate"', 'id = "negotiate"\nable = true', "last script"),
        ('unless = "credit_reported"', "", "withheld 2 needs either"),
        ("version = ", "version ", "Script file zh-CN.toml"),
    ],
)
def test_a_faulty_file_is_refused_by_name_and_place(old: str, new: str, problem: str) -> None:
    text = resource("scripts/zh-CN.toml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(ScriptError, match=problem):
        parse(text.replace(old, new, 1), "zh-CN.toml")
