"""No template says what the wording check forbids, and what people write into a letter is checked before printing."""

from __future__ import annotations

import itertools
import re

import pytest

from letters import templates
from letters.context import read_context
from letters.filling import Filling, balances_of, values_of
from letters.form import run_render
from letters.language import language
from letters.wording import UnlawfulWords
from workstation.domain.wording import Facts, check

NEWEST = [(template, place) for template in templates._all() for place in template.jurisdictions]
# A waiver that was agreed on is a fact of the letter itself: these values are there only when there is one.
AGREED = {"plan.waived", "paid.waived", "settlement.waived"}
STANDS_FOR = {"zh_CN": "某", "en": "this"}


def said(template, place):
    """Each text with the facts under which it is printed."""
    speech = STANDS_FOR[template.language]
    own = {"zh-CN": "in_cn", "en-GB": "in_gb", "en-US": "in_us"}[place]
    for block in template.blocks:
        for part in (block, *block.rows):
            conditions = {*block.when, *part.when}
            if block.kind in {"lines", "checklist"} or {"in_cn", "in_gb", "in_us"} & conditions - {own}:
                continue
            facts = {*block.asserts, *part.asserts}
            if conditions & AGREED:
                facts.add("waiver_available")
            text = re.sub(r"\{[^}]*\}", speech, part.text)
            yield re.sub(r"\*\*|<<|>>", "", text), Facts(identity_verified=True, **dict.fromkeys(facts, True))


@pytest.mark.parametrize(("template", "place"), NEWEST, ids=lambda one: getattr(one, "id", one))
def test_no_template_says_what_is_unlawful_or_untrue(template, place):
    texts = [(template.title, Facts(identity_verified=True)), *said(template, place)]
    found = [
        (finding.rule, text[finding.start : finding.end])
        for text, facts in texts
        for finding in check(text, template.language, place, "debtor", facts)
    ]
    assert found == []
    assert sum(len(text) for text, _ in texts) > 100


@pytest.mark.parametrize(("template", "place"), NEWEST, ids=lambda one: getattr(one, "id", one))
def test_the_letter_as_it_reads_with_its_values_passes_as_a_whole(context, template, place):
    """Sentences that only values make, and what stands over two of them."""
    given = read_context(context(template.id, template.language, jurisdiction=place, free_paragraph=""))
    filling = Filling(values_of(given, language(template.language), balances_of(given)))
    told, facts = [template.title], set()
    for block in template.blocks:
        for part in (block, *block.rows):
            if block.kind not in {"lines", "checklist"} and filling.shown((*block.when, *part.when)):
                facts |= {*part.asserts, *(("waiver_available",) if {*part.when} & AGREED else ())}
                told.append("".join(span.text for span in filling.spans(part.text)))
    known = Facts(identity_verified=True, **dict.fromkeys(facts, True))
    assert check("\n".join(told), template.language, place, "debtor", known) == ()


def test_the_check_would_find_what_it_looks_for():
    told = "如不还款，我们将上门找您的家人，并把您列入黑名单。"
    assert check(told, "zh_CN", "zh-CN", "debtor", Facts(identity_verified=True))
    assert check("我行已向法院起诉。", "zh_CN", "zh-CN", "debtor", Facts(identity_verified=True))


WRONG = {"zh_CN": "再不还钱就把你列入黑名单。", "en": "Pay or we will put you on a blacklist and tell your boss."}
FIELDS = [
    ("demand", ("free_paragraph",)),
    ("breach_notice", ("instalment", "consequence")),
    ("visit_notice", ("visit", "purpose")),
    ("dispute_reply", ("objection", "decision")),
    ("dispute_reply", ("objection", "findings")),
    ("complaint_reply", ("objection", "measures")),
    ("complaint_reply", ("objection", "further_step")),
    ("final_notice", ("legal", "step")),
    ("lawyers_letter", ("legal", "claims", 0)),
    ("visit_dossier", ("dossier", "script", 0)),
    ("demand", ("bank", "how_to_pay")),
]


@pytest.mark.parametrize(("template", "way"), FIELDS)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_unlawful_words_are_refused_with_their_place(context, tmp_path, template, way, language):
    given = context(template, language)
    part = given
    for step in way[:-1]:
        part = part[step]
    part[way[-1]] = WRONG[language]
    out = tmp_path / "letter.pdf"
    with pytest.raises(UnlawfulWords) as refused:
        run_render(given, out)
    assert refused.value.field == "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)[1:]
    assert refused.value.code == "wording"
    assert not out.exists()


@pytest.mark.parametrize(("fact", "language"), [*itertools.product([True, False], ["zh_CN", "en"])])
def test_a_legal_step_may_be_told_of_only_when_it_was_taken(context, tmp_path, fact, language):
    told = {"zh_CN": "我行已向法院起诉。", "en": "We have filed a lawsuit against you."}[language]
    given = context("demand", language, free_paragraph=told, facts={"legal_step_taken": fact})
    if fact:
        assert run_render(given, tmp_path / "letter.pdf")["pages"]
    else:
        with pytest.raises(UnlawfulWords):
            run_render(given, tmp_path / "letter.pdf")


def test_what_the_complaint_itself_said_is_no_fault_of_the_reply(context, tmp_path):
    given = context("complaint_reply")
    given["objection"]["about"] = "您来信说，催收人员骂您是老赖，并威胁要把您列入黑名单。"
    assert run_render(given, tmp_path / "letter.pdf")["pages"]


def test_a_branch_s_counter_is_not_heard_as_a_pawnshop(context, tmp_path):
    """网点当面 sounds like 典当 in the middle."""
    assert run_render(context(free_paragraph="您也可以到开户网点当面核对账单。"), tmp_path / "letter.pdf")["pages"]
