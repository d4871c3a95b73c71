"""The knowledge base is whole in both languages, lawful in every phrase, and loads nothing."""

from __future__ import annotations

from dataclasses import fields

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.desk.views import CallForm
from workstation.domain.knowledge import (
    LANGUAGES,
    KnowledgeError,
    beside,
    field_help,
    load,
    note_example,
    read,
    search,
    words,
)
from workstation.domain.outcomes import TABLE
from workstation.domain.vocabulary import CIRCUMSTANCES, OUTCOMES, STAGES
from workstation.domain.wording import Facts, check

# Fields that hold no entry of a person's.
UNSEEN = {"direction", "began_at", "answered_at", "ended_at", "same_call", "abusive", "paused"}
KNOWN = Facts(legal_step_taken=True, credit_reported=True, waiver_available=True, identity_verified=True)


def test_every_article_is_there_in_every_language() -> None:
    ids = [{article.id for article in load(language)} for language in LANGUAGES]
    assert ids[0] == ids[1]
    assert len(ids[0]) >= 15
    heads = [
        {article.id: msgspec.structs.replace(article.head, title="", keywords=()) for article in load(lang)}
        for lang in LANGUAGES
    ]
    assert heads[0] == heads[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_may_be_said(language: str) -> None:
    jurisdiction = "zh-CN" if language == "zh_CN" else "en-GB"
    for article in load(language):
        party = "related" if article.id == "third_person" else "debtor"
        for phrase in article.phrases:
            assert check(phrase, language, jurisdiction, party, KNOWN) == (), (article.id, phrase)  # type: ignore[arg-type]


def test_every_field_of_the_call_notes_has_a_word_of_help() -> None:
    for field in fields(CallForm):
        if field.name not in UNSEEN:
            assert all(field_help(field.name, language).strip() for language in LANGUAGES), field.name
    assert field_help("no such field", "en") == ""


@pytest.mark.parametrize("outcome", [name for name, row in TABLE.items() if not row.visit])
def test_every_outcome_has_an_article_beside_it(outcome: str) -> None:
    assert beside(outcome, (), "en")


def test_what_was_just_heard_comes_before_what_is_true_of_the_case() -> None:
    found = beside("complaint", {"in_hardship", "plan_in_force", "dispute_open", "ceased"}, "zh_CN")
    assert found[0].id == "complaint"
    assert len(found) == 3
    assert beside("", (), "en") == ()


def test_words_are_found_in_titles_before_texts() -> None:
    assert search("promise", "en")[0].id == "promise"
    assert search("时效", "zh_CN")[0].id == "limitation"
    assert search("EVIDENCE wages", "en")[0].id in {"ability_willingness", "good_note"}
    assert search("zebra", "en") == ()
    assert search("", "en") == load("en")


@given(st.text(max_size=60))
def test_any_search_answers_with_articles_that_hold_every_word(text: str) -> None:
    for article in search(text, "en"):
        whole = " ".join((article.title, *article.head.keywords, article.body)).lower()
        assert all(word in whole for word in text.lower().split())


@pytest.mark.parametrize(
    "text",
    [
        "no head",
        "+++\ntitle = 'x'\n",
        "+++\ntitle = \n+++\nbody",
        "+++\ntitle = 'x'\nscript = 'y'\n+++\nbody",
        "+++\ntitle = 'x'\noutcomes = ['rich']\n+++\nbody",
        "+++\ntitle = 'x'\nfacts = ['rich']\n+++\nbody",
        "+++\ntitle = 'x'\nstages = ['M99']\n+++\nbody",
        "+++\ntitle = 'x'\ncircumstances = ['rich']\n+++\nbody",
        "+++\ntitle = ' '\n+++\nbody",
        "+++\ntitle = 'x'\n+++\n \n",
        "+++\ntitle = 'x'\n+++\n<script>alert(1)</script>",
        "+++\ntitle = 'x'\n+++\n![x](file:///etc/passwd)",
        "+++\ntitle = 'x'\n+++\n[x](http://example.org)",
    ],
)
def test_a_faulty_or_hostile_article_is_refused_by_its_file(text: str) -> None:
    with pytest.raises(KnowledgeError, match=r"house\.md"):
        read(text, "house.md", "en")


def test_a_stage_and_a_circumstance_bring_their_articles_after_what_was_heard() -> None:
    found = beside("complaint", {"validation_notice", "M1"}, "en")
    assert [article.id for article in found[:2]] == ["complaint", "dispute"]
    assert "M1" in found[2].head.stages
    for stage in STAGES:
        assert beside("", {stage}, "en"), stage
    for circumstance in CIRCUMSTANCES:
        assert beside("", {circumstance}, "en"), circumstance


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_has_an_example_of_a_good_note_that_may_be_written(language: str) -> None:
    assert set(words("notes")) == set(OUTCOMES)
    jurisdiction = "zh-CN" if language == "zh_CN" else "en-GB"
    for outcome in OUTCOMES:
        example = note_example(outcome, language)
        assert 5 <= len(example) <= 140, outcome
        assert check(example, language, jurisdiction, "debtor", KNOWN) == (), outcome  # type: ignore[arg-type]
    assert note_example("", language) == ""
