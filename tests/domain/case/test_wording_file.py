"""Wording files that are faulty are refused with the file and the rule; none lets a text pass."""

from __future__ import annotations

import pytest

from resources import resource
from workstation.domain.wording_file import KINDS, LANGUAGES, WordingError, load, parse

BLACKLIST = "patterns = ['{blacklist}']"
NAMES = ("kinds", "characters", *LANGUAGES)


@pytest.fixture
def shipped() -> dict[str, str]:
    return {name: resource(f"wording/{name}.toml").read_text(encoding="utf-8") for name in NAMES}


def test_every_kind_has_rules_in_both_languages() -> None:
    for prefix in ("zh_", "en_"):
        assert {rule.kind for rule in load().rules if rule.id.startswith(prefix)} == set(KINDS)


@pytest.mark.parametrize(
    ("name", "old", "new", "rule", "problem"),
    [
        ("en", "[lists]", "[lists", "-", "not valid TOML"),
        ("en", 'id = "en_insult"\nkind = "insult"', 'id = "en_insult"\nkind = "x"', "en_insult", "Invalid enum value"),
        ("en", 'id = "en_insult"', 'id = "en_insult"\ncolour = "red"', "en_insult", "unknown field"),
        ("en", BLACKLIST, "patterns = ['{slurs}']", "en_blacklist", "no list “slurs”"),
        ("en", BLACKLIST, "patterns = ['you pig']", "en_blacklist", "names no list"),
        ("en", BLACKLIST, "patterns = ['{blacklist}.*']", "en_blacklist", "without a bound"),
        ("en", BLACKLIST, "patterns = ['{blacklist}<99>']", "en_blacklist", "characters free"),
        ("en", BLACKLIST, "patterns = ['({blacklist}']", "en_blacklist", "not a regular expression"),
        ("en", BLACKLIST, "patterns = ['(?:{blacklist})?']", "en_blacklist", "finds nothing at all"),
        ("en", BLACKLIST, "patterns = []", "en_blacklist", "no pattern"),
        ("en", 'id = "en_insult"', 'id = "en_posing"', "en_posing", "another rule"),
        ("en", 'why = { en = "Insults or belittles somebody.", ', "why = { ", "en_insult", "needs a sentence"),
        ("en", "slur = [", 'slur = ["Pig", ', "slur", "not a word in lower case"),
        ("en", "slur = [", 'slur = ["@slur", ', "slur", "holds itself"),
        ("en", 'sell_act = [', 'sell_more = []\nsell_act = [', "sell_more", "empty"),
        ("zh_CN", "before = ['{not}(?:(?!{then})[^,:]){0,10}']", "before = []", "zh_negated", "no pattern"),
        ("kinds", 'id = "borrowing"', 'id = "insult"', "borrowing", "missing"),
        ("kinds", "en-GB = \"FCA Handbook CONC 7.3.10R\"", 'en-GB = ""', "borrowing", "needs a source"),
        ("characters", 'traditional = [', 'traditional = ["abc", ', "abc", "not a pair"),
        ("characters", "[sounds]", '[sounds]\nzzz = ""', "zzz", "needs its characters"),
    ],
)  # fmt: skip
def test_a_fault_names_the_file_and_the_rule(
    shipped: dict[str, str], name: str, old: str, new: str, rule: str, problem: str
) -> None:
    assert old in shipped[name]
    with pytest.raises(WordingError) as refused:
        parse({**shipped, name: shipped[name].replace(old, new, 1)})
    message = refused.value.message.plain()
    assert problem in message
    assert f"rule {rule}:" in message
    assert f"{name}.toml" in message
