"""Laws of the wording check that hold for any text: positions, disguises, facts and parties."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from workstation.domain.wording import Facts, Finding, check
from workstation.domain.wording_file import load

PIECES = [
    *(
        "老赖",
        "起诉",
        "坐牢",
        "法院",
        "公安局",
        "黑名单",
        "你",
        "您",
        "我们",
        "家人",
        "单位",
        "通知",
        "今天",
        "否则",
        "已经",
    ),
    *(
        "立案",
        "征信",
        "上报",
        "减免",
        "可以",
        "借",
        "朋友",
        "卖房",
        "欠款",
        "还款",
        "不会",
        "客户说",
        "，",
        "。",
        "“",
        "”",
    ),
    *(
        "sue",
        "court",
        "you",
        "we will",
        "scum",
        "has been filed",
        "credit report",
        "waive",
        "borrow",
        "family",
        "today",
    ),
    *(
        " ",
        "\n",
        "\u200b",
        "訴",
        ".",
        "'",
        "po1ice",
        "s.c.u.m",
        "ﬀ",
        "１",
        "ǆ",
        "🙂",
        "é",
        "e\u0301",
        "zuo lao",
        "lao赖",
    ),
]
texts = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
facts = st.builds(Facts, st.booleans(), st.booleans(), st.booleans(), st.booleans())
parties = st.sampled_from(["debtor", "guarantor", "related", "unrelated"])
jurisdictions = st.sampled_from(["zh-CN", "en-US", "en-GB"])
PHRASES = [
    "老赖",
    "打断你的腿",
    "坐牢",
    "黑名单",
    "人渣",
    "爆通讯录",
    "不要脸",
    "我是公安局的",
    "已经起诉",
    "找朋友借钱",
    "卖房",
]


def found(text: str, party: str, given_facts: Facts) -> set[Finding]:
    return set(check(text, "en", "zh-CN", party, given_facts))


@given(texts, parties, facts, jurisdictions)
@example("\ud800", "debtor", Facts(), "zh-CN")
@example("ŉſ坐\u0301牢", "debtor", Facts(), "en-US")
def test_positions_lie_in_the_text_and_in_order(text: str, party: str, given_facts: Facts, jurisdiction: str) -> None:
    findings = check(text, "zh_CN", jurisdiction, party, given_facts)
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings)
    assert all(finding.why and finding.suggestion and finding.source for finding in findings)
    assert [finding.start for finding in findings] == sorted(finding.start for finding in findings)


@given(st.sampled_from(PHRASES), st.data())
def test_spaces_and_invisible_characters_hide_nothing(phrase: str, data: st.DataObject) -> None:
    gap = st.sampled_from(["", " ", "\u200b", "\u2060", "\u3000", "  ", "*", "·", "\ufeff"])
    gaps = st.lists(gap, min_size=len(phrase), max_size=len(phrase))
    between = data.draw(gaps)
    disguised = "".join(char + gap for char, gap in zip(phrase, between, strict=True))
    plain = {(finding.rule, finding.kind) for finding in found(phrase, "debtor", Facts(identity_verified=True))}
    assert plain
    assert plain <= {(each.rule, each.kind) for each in found(disguised, "debtor", Facts(identity_verified=True))}


@given(
    texts,
    parties,
    facts,
    st.sampled_from(["legal_step_taken", "credit_reported", "waiver_available", "identity_verified"]),
)
def test_a_fact_that_becomes_true_never_adds_a_finding(text: str, party: str, given_facts: Facts, fact: str) -> None:
    after = replace(given_facts, **{fact: True})
    assert found(text, party, after) <= found(text, party, replace(given_facts, **{fact: False}))


@given(texts, facts)
def test_an_identified_debtor_is_never_told_less_than_a_stranger(text: str, given_facts: Facts) -> None:
    identified = replace(given_facts, identity_verified=True)
    to_debtor = {each for each in found(text, "debtor", identified) if each.kind == "disclosure"}
    assert to_debtor <= {each for each in found(text, "unrelated", identified) if each.kind == "disclosure"}


@given(texts)
def test_the_folded_text_leads_back_to_the_original(text: str) -> None:
    folded = load().disguises.fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(folded.starts)
