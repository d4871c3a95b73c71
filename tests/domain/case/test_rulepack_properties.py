"""Whatever a house writes: nothing looser is taken, overlays compose, and a spoilt file fails as a rule pack does."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from itertools import product

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from resources import resource
from workstation.domain.gate_clock import within
from workstation.domain.letter_contents import CONTENTS
from workstation.domain.rule_forms import (
    CHANNELS,
    FORMS,
    LETTER_CONTENTS,
    PERSONS,
    PLAN_CLAUSES,
    SOURCES,
    THIRD_PURPOSES,
    QuietHours,
    ThirdPerson,
    Window,
)
from workstation.domain.rulepack import JURISDICTIONS, REQUIRED, RulePack, RulePackError, load, overlay, parse

# ---- what a value lets through, said as plainly as can be: looser means that something more gets through ----


def up_to(value: object) -> object:
    return frozenset(range(int(value) + 1))  # type: ignore[call-overload]  # a whole number


def from_on(value: object) -> object:
    return frozenset(range(int(value), 1001))  # type: ignore[call-overload]  # a whole number


def hundredths_up_to(value: object) -> object:
    return up_to(value * 100)  # type: ignore[operator]  # a decimal of two places


def hundredths_from_on(value: object) -> object:
    return frozenset(range(int(value * 100), 2001))  # type: ignore[operator]  # a decimal of two places


def listed(value: object) -> object:
    return frozenset(value)  # type: ignore[call-overload]  # a list of words


def letters_of(words: frozenset[str]) -> Callable[[object], object]:
    """Of all letters that leave at most two of the words out, those that say everything required."""

    def passing(required: object) -> object:
        letters = (words - {one, other} for one, other in product(words, words))
        return frozenset(letter for letter in letters if letter >= set(required))  # type: ignore[call-overload]

    return passing


letters_that_pass = letters_of(LETTER_CONTENTS | PLAN_CLAUSES)


def warned(effect: object) -> object:
    return frozenset({"with a reason"}) if effect == "warn" else frozenset()


def quiet_contacts(quiet: QuietHours) -> object:
    """Every contact, by minute, channel, kind and consent, that the quiet hours do not stop."""
    return frozenset(
        (minute, channel, service, consented)
        for minute, hours in enumerate(_quiet_minutes(quiet))
        for channel, service, consented in product(CHANNELS, (False, True), (False, True))
        if not hours
        or channel not in (quiet.service_channels if service else quiet.channels)
        or (quiet.consent and consented)
    )


def _quiet_minutes(quiet: QuietHours) -> list[bool]:
    moments = (quiet.start.replace(hour=minute // 60, minute=minute % 60) for minute in range(1440))
    return [within(clock, quiet.start, quiet.end) for clock in moments]


@lru_cache(maxsize=64)
def calling_weeks(window: Window) -> object:
    """Every two bursts of calls, with as many calls consented to, that keep within the limit."""
    bursts = product(range(6), range(6), range(12), range(12), range(6))
    return frozenset(
        (first, last, calls, more, consented)
        for first, last, calls, more, consented in bursts
        if first < last
        and max(calls, more) <= window.calls + consented
        and (last - first >= window.days or calls + more <= window.calls + consented)
    )


def silences(window: Window) -> object:
    """Every run of unanswered calls and days after which the debtor is out of contact."""
    return frozenset((calls, days) for calls, days in product(range(8), range(8)) if _silent(window, calls, days))


def _silent(window: Window, calls: int, days: int) -> bool:
    return calls >= window.calls or days >= window.days


def third_persons(third: ThirdPerson) -> object:
    return frozenset(
        (purpose, silent)
        for purpose, silent in product(THIRD_PURPOSES, (False, True))
        if purpose in third.purposes and (silent or not third.out_of_contact)
    )


def zones_by_day(zones: object) -> object:
    """Which sets of zones in daytime let a contact through, and which zone counts the days."""
    known = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo")
    days = (
        frozenset(zone for zone, day in zip(known, light, strict=True) if day) for light in product((0, 1), repeat=3)
    )
    return frozenset((day, zones[0]) for day in days if day >= set(zones))  # type: ignore[index, call-overload]


# ---- values as they are written ----

SMALL = st.integers(1, 12).map(str)
EFFECTS = st.sampled_from(('"block"', '"warn"'))
SHARES = st.integers(1, 100).map(lambda share: f'"{share / 100:.2f}"')
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from((0, 1, 30, 59)))
WINDOWS = st.builds("{{ calls = {}, days = {} }}".format, st.integers(1, 5), st.integers(1, 5))


def toml_list(words: tuple[str, ...] | list[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def some_of(words: frozenset[str] | tuple[str, ...], least: int = 1) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(sorted(words)), min_size=least, unique=True).map(toml_list)


NIGHTS = st.builds(
    '{{ from = "{}", to = "{}", channels = {}, consent = {}, service_channels = {} }}'.format,
    CLOCKS,
    CLOCKS,
    some_of(CHANNELS),
    st.sampled_from(("true", "false")),
    some_of(CHANNELS),
)
THIRDS = st.builds(
    "{{ purposes = {}, out_of_contact = {} }}".format, some_of(THIRD_PURPOSES), st.sampled_from(("true", "false"))
)
FEWER, MORE, EFFECT = (SMALL, up_to), (SMALL, from_on), (EFFECTS, warned)
KINDS: dict[str, tuple[st.SearchStrategy[str], Callable[..., object]]] = {
    "quiet_hours": (NIGHTS, quiet_contacts),
    "default_zones": (some_of(("Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo")), zones_by_day),
    "calls_in_window": (WINDOWS, calling_weeks),
    "out_of_contact": (WINDOWS, silences),
    "collect_from": (some_of(PERSONS), listed),
    "contact_sources": (some_of(SOURCES), listed),
    "third_person": (THIRDS, third_persons),
    "letter_contents": (some_of(LETTER_CONTENTS, 9), letters_that_pass),
    "plan_clauses": (some_of(PLAN_CLAUSES, 6), letters_that_pass),
    **{rule: (some_of(words, len(words) - 2), letters_of(words)) for rule, words in CONTENTS.items()},
    "interest_on_charges": (st.sampled_from(("true", "false")), up_to),
    "high_cost_rate": (SHARES, hundredths_up_to),
    "safety_share": (SHARES, hundredths_up_to),
    "tolerance": (st.integers(0, 2000).map(lambda cents: f'"{cents / 100:.2f}"'), hundredths_from_on),
    **dict.fromkeys(
        (
            "unanswered_per_point_day",
            "effective_calls_per_day",
            "dispute_answer_days",
            "complaint_answer_days",
            "plan_longest_months",
            "promise_longest_days",
            "settlement_parts",
            "limitation_years",
            "limitation_years_scotland",
            "dossier_days",
        ),
        FEWER,
    ),
    **dict.fromkeys(
        (
            "conversation_cooling_days",
            "breathing_space_days",
            "recording_years",
            "retention_years",
            "visit_people",
            "validation_days",
            "grace_days",
        ),
        MORE,
    ),
    **dict.fromkeys(
        (
            "third_person_refused",
            "plan_in_force",
            "dispute_open",
            "ceased",
            "represented",
            "inconvenient_place",
            "refused_channel",
            "in_hardship",
            "breathing_space",
            "dead_point",
        ),
        EFFECT,
    ),
}


def test_every_rule_a_house_may_tighten_is_tried() -> None:
    assert set(KINDS) == {rule_id for rule_id, form in FORMS.items() if form.stricter is not None}


def row(rule_id: str, value: str) -> str:
    return f'[[rule]]\nid = "{rule_id}"\nvalue = {value}\ntitle = "T"\neffective = 2026-03-01\nstrength = "house"\n\n'


def house(rows: dict[str, str], jurisdiction: str, name: str = "bank") -> str:
    head = f'jurisdiction = "{jurisdiction}"\nversion = "2026-03-01"\nhouse = "{name}"\n\n'
    return head + "".join(row(rule_id, value) for rule_id, value in rows.items())


def passes(rule_id: str, value: object) -> object:
    return KINDS[rule_id][1](value)


@pytest.mark.parametrize("rule_id", sorted(KINDS))
@given(data=st.data())
def test_stricter_is_what_lets_nothing_more_through(rule_id: str, data: st.DataObject) -> None:
    """Both ways: what lets more through is refused, and what does not is taken."""
    form, (written, plain) = FORMS[rule_id], KINDS[rule_id]
    pair = st.tuples(written, written).map(lambda texts: [_value(rule_id, text) for text in texts])
    new, old = data.draw(pair.filter(lambda values: None not in values))
    if isinstance(new, QuietHours | ThirdPerson | Window):  # pairs that differ in little are the ones that decide
        new = new._replace(**{name: getattr(old, name) for name in data.draw(st.sets(st.sampled_from(new._fields)))})
        assume(not isinstance(new, QuietHours) or new.start != new.end)
    assert form.stricter is not None
    assert form.stricter(new, old) == (plain(new) <= plain(old))  # type: ignore[operator]  # both are sets


def _value(rule_id: str, text: str) -> object:
    """The value as a file of the house is read; None where it is refused, such as a night of no length."""
    try:
        return FORMS[rule_id].read(tomllib.loads(f"value = {text}")["value"])
    except ValueError:
        return None


def rows_of(ids: list[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.dictionaries(st.sampled_from(ids), st.none(), min_size=1, max_size=3).flatmap(
        lambda chosen: st.fixed_dictionaries({rule_id: KINDS[rule_id][0] for rule_id in chosen})
    )


def taken(pack: RulePack, rows: dict[str, str], name: str) -> RulePack | None:
    try:
        return overlay(pack, house(rows, pack.jurisdiction, name), f"{name}.toml")
    except RulePackError as error:
        if re.search(rf"{name}\.toml, line \d+, rule \w+: ", str(error)) is None:
            raise
        return None


@given(jurisdiction=st.sampled_from(JURISDICTIONS), first=rows_of(sorted(KINDS)), second=rows_of(sorted(KINDS)))
@example("zh-CN", {"visit_people": "3", "calls_in_window": "{ calls = 5, days = 5 }"}, {"visit_people": "3"})
@example(
    "en-US", {"collect_from": '["debtor"]'}, {"collect_from": '["debtor"]', "out_of_contact": "{ calls = 4, days = 3 }"}
)
def test_overlays_compose(jurisdiction: str, first: dict[str, str], second: dict[str, str]) -> None:
    """What two overlays make of a pack, one overlay of both makes too; and none of it lets more through."""
    base = load(jurisdiction)
    bank = taken(base, first, "bank")
    branch = None if bank is None else taken(bank, second, "branch")
    if bank is None or branch is None:
        return
    assert branch.name == f"{base.name}+bank@2026-03-01+branch@2026-03-01"
    at_once = overlay(base, house({**first, **second}, jurisdiction), "both.toml")
    assert {rule.id: rule.value for rule in at_once.rules.values()} == {
        rule.id: rule.value for rule in branch.rules.values()
    }
    for rule_id in set(first) | set(second):
        if base.has(rule_id):
            allowed, before = passes(rule_id, branch.rules[rule_id].value), passes(rule_id, base.rules[rule_id].value)
            assert allowed <= before  # type: ignore[operator]  # both are sets
    assert branch.rules.keys() - base.rules.keys() <= {rule_id for rule_id, form in FORMS.items() if form.limit}


# ---- a spoilt file ----

FILES = {
    jurisdiction: resource(f"rules/{jurisdiction}.toml").read_text(encoding="utf-8") for jurisdiction in JURISDICTIONS
}
NEW_LINES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        (
            "[[rule]]",
            "[rule]",
            "value = []",
            "value = {}",
            'value = ""',
            "value = -1",
            "value = 1e400",
            "value = nan",
            'value = "NaN"',
            "effective = 0001-01-01",
            "effective = 9999-12-31",
            "effective = 2026-01-30T00:00:00",
            "until = 9999-12-31",
            "until = 0001-01-01",
            'id = "quiet_hours"',
            "id = {}",
            "title = 3",
            "article = [[]]",
            'strength = "house"',
            'version = "0000"',
            '"""',
            "[" * 3000,
        )
    ),
)


@given(
    data=st.data(), jurisdiction=st.sampled_from(JURISDICTIONS), how=st.sampled_from(("drop", "twice", "put", "cut"))
)
def test_a_spoilt_file_parses_or_fails_as_a_rule_pack_does(data: st.DataObject, jurisdiction: str, how: str) -> None:
    lines = FILES[jurisdiction].split("\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    if how == "drop":
        del lines[at]
    elif how == "twice":
        lines.insert(at, lines[at])
    elif how == "put":
        lines[at] = data.draw(NEW_LINES)
    else:
        lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    text = "\n".join(lines)
    on = data.draw(st.none() | st.dates())
    pack, problem = None, ""
    try:
        pack = parse(text, jurisdiction, on)
    except RulePackError as error:
        problem = str(error)
    if pack is None:
        found = re.search(rf"{jurisdiction}\.toml, line (\d+), rule [^:]+: ", problem)
        assert found, problem
        assert 1 <= int(found[1]) <= len(text.split("\n"))
    else:
        assert set(REQUIRED) <= set(pack.rules)
        assert date.fromisoformat(pack.version)
