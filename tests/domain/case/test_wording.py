"""What the wording check finds, through which disguises, and what it lets be said."""

from __future__ import annotations

import pytest

from workstation.domain import script_file
from workstation.domain.errors import InputError
from workstation.domain.wording import Facts, Finding, check
from workstation.domain.wording_file import LANGUAGES, load

VERIFIED = Facts(identity_verified=True)
ALL_TRUE = Facts(legal_step_taken=True, credit_reported=True, waiver_available=True, identity_verified=True)


def kinds(text: str, party: str = "debtor", facts: Facts = VERIFIED) -> set[str]:
    return {finding.kind for finding in check(text, "zh_CN", "zh-CN", party, facts)}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("再不还就打断你的腿。", "threat"),
        ("我们会打爆你的通讯录。", "threat"),
        ("你就是个老赖。", "insult"),
        ("我是公安局的王警官。", "posing"),
        ("今天不还就上失信黑名单。", "false_urgency"),
        ("法院已经立案了。", "untrue"),
        ("去找朋友借点钱先还上。", "borrowing"),
        ("We know where you live.", "threat"),
        ("You are a worthless deadbeat.", "insult"),
        ("This is Officer Miller from the county court.", "posing"),
        ("This is your last chance.", "false_urgency"),
        ("A lawsuit has been filed against you.", "untrue"),
        ("Ask your parents to lend you the money.", "borrowing"),
    ],
)  # fmt: skip
def test_every_kind_is_found_in_both_languages(text: str, kind: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "坐 牢",
        "坐\u200b牢",
        "坐*牢",
        "坐，牢",
        "坐劳",
        "zuo牢",
        "要你坐.牢",
        "Ｓｃｕｍ",
        "s c u m",
        "s-c-u-m",
        "scvm scum",
    ],
)
def test_disguises_are_taken_off(text: str) -> None:
    assert kinds(text)


def test_traditional_characters_and_digits_in_words_are_read() -> None:
    assert kinds("你這個騙子") == {"insult"}
    assert kinds("we will have you 4rre5ted") == {"threat"}


@pytest.mark.parametrize(
    "text",
    [
        "客户说我们是骗子，要投诉。",
        "客户反映之前的催收威胁要曝光他。",
        "我们不会联系您的家人。",
        "您好，请问您现在方便说话吗？",
        "您的信用卡本期应还1200元，请按时还款。",
        "The customer said the previous agency threatened to have him arrested.",
        "We will not contact your family.",
        "Your payment of 120 dollars is due on Friday; would a plan help?",
    ],
)  # fmt: skip
def test_quoting_complaints_denials_and_plain_facts_are_let_be(text: str) -> None:
    assert kinds(text) == set()


def test_a_fact_makes_its_own_claim_lawful_and_no_other() -> None:
    text = "法院已经立案，征信已上报。"
    rules = {finding.rule for finding in check(text, "en", "zh-CN", "debtor", VERIFIED)}
    assert {"zh_untrue_legal", "zh_untrue_credit"} <= rules
    sued = Facts(legal_step_taken=True, identity_verified=True)
    rules = {finding.rule for finding in check(text, "en", "zh-CN", "debtor", sued)}
    assert "zh_untrue_legal" not in rules
    assert "zh_untrue_credit" in rules


@pytest.mark.parametrize("text", ["他欠了钱一直没还", "She owes money on her card"])
def test_the_debt_is_named_to_nobody_but_who_owes_it_once_they_are_identified(text: str) -> None:
    assert "disclosure" in kinds(text, "related", ALL_TRUE)
    assert "disclosure" in kinds(text, "unrelated", ALL_TRUE)
    assert "disclosure" in kinds(text, "debtor", Facts())
    assert "disclosure" not in kinds(text, "debtor")
    assert "disclosure" not in kinds(text, "guarantor")


def test_a_finding_says_where_why_and_what_instead_with_its_source() -> None:
    text = "张先生，\u200b你这个骗 子！"
    (found,) = check(text, "en", "zh-CN", "debtor", VERIFIED)
    assert text[found.start : found.end] == "骗 子"
    assert found == Finding(
        found.start, found.end, "zh_insult", "insult", "Insults or belittles somebody.", found.suggestion,
        "《商业银行信用卡业务监督管理办法》 第六十八条",
    )  # fmt: skip
    (chinese,) = check(text, "zh_CN", "en-US", "debtor", VERIFIED)
    assert chinese.why == "带有侮辱、贬低的话。"
    assert chinese.source == "12 CFR 1006.14(c)(2)"


def test_a_text_may_mix_languages() -> None:
    assert kinds("你这个 loser，再不还就 arrest 你") >= {"insult", "threat"}


def test_what_is_suggested_is_itself_lawful_to_anyone() -> None:
    for rule in load().rules:
        for language in LANGUAGES:
            party = "unrelated" if rule.kind == "disclosure" else "debtor"
            assert check(rule.suggestion[language], language, "zh-CN", party, VERIFIED) == (), rule.id


def test_the_scripts_of_the_house_pass() -> None:
    for jurisdiction in ("zh-CN", "en-US", "en-GB"):
        for section in script_file.load(jurisdiction).sections.values():
            for statement in section:
                party = "debtor" if "debtor" in statement.parties else statement.parties[0]
                for language, text in statement.say.items():
                    assert check(text, language, jurisdiction, party, ALL_TRUE) == (), (statement.id, text)


def test_an_unknown_jurisdiction_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        check("x", "en", "fr-FR", "debtor", VERIFIED)
    assert refused.value.field == "jurisdiction"
