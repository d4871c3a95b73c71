"""The contact gate: one verdict over a long history, and a whole queue lit, beside a plain recount of every contact."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from random import Random
from time import perf_counter

import pytest

from tests.benchmarks.figures import Board
from tests.benchmarks.sizes import SIZES
from tests.domain.case.gate_worlds import recount_blocks
from workstation.domain.events import Contact, Event, encode_body
from workstation.domain.gate import GateRequest, History, PastContact, check, past_contacts
from workstation.domain.rulepack import RulePack, load

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
FULL = SIZES.name == "full"
VERDICTS = 100_000 if FULL else 2_000
RECOUNTS = 5_000 if FULL else 100  # the plain recount is slow
CASES = 500 if FULL else 20
RUNS = 40 if FULL else 3
OUTCOMES = ("no_answer",) * 5 + ("busy", "voicemail", "hung_up", "promise_to_pay", "third_party_spoken")
PLACES = (("zh-CN", ("Asia/Shanghai",)), ("en-US", ("America/New_York",)), ("en-GB", ("Europe/London",)))
Question = tuple[GateRequest, RulePack]
Answer = Callable[[GateRequest, RulePack], object]


def contacts(random: Random, count: int, days: int) -> tuple[PastContact, ...]:
    """Mostly calls to three numbers about one debt, spread over so many days."""
    return tuple(
        PastContact(
            NOW - timedelta(seconds=random.randrange(days * 86_400)),
            "sms" if random.random() < 0.15 else "call",
            "out" if random.random() < 0.9 else "in",
            "debtor",
            f"p{random.randrange(3)}",
            "D1",
            random.choice(OUTCOMES),
        )
        for _ in range(count)
    )


def questions(random: Random, places: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[Question]:
    """Calls to the numbers of thirty cases with 200 contacts in sixty days each, at every minute of a day."""
    asked = []
    for index in range(30):
        jurisdiction, zones = places[index % len(places)]
        history = contacts(random, 200, 60)
        call = GateRequest(NOW, "call", "debtor", contact_point="p1", zones=zones, debt="D1", history=history)
        asked.append((call, load(jurisdiction)))
    for minute, (call, pack) in enumerate(cycle(asked)):
        moment = NOW + timedelta(minutes=minute * 7 % 1440)
        yield replace(call, at=moment, contact_point=f"p{minute % 3}"), pack


def prepared(asked: Iterator[Question]) -> Iterator[Question]:
    """The same questions, with each case's history prepared once."""
    kept: dict[int, History] = {}
    for request, pack in asked:
        case = id(request.history)
        if case not in kept:
            kept[case] = History(request.history)
        yield replace(request, history=kept[case]), pack


def seconds_each(asked: Iterator[Question], count: int, answer: Answer) -> list[float]:
    ready = list(islice(asked, count))
    gc.collect()
    spent = []
    for request, pack in ready:
        began = perf_counter()
        answer(request, pack)
        spent.append(perf_counter() - began)
    return spent


@pytest.mark.bench
def test_a_verdict_over_two_hundred_contacts(board: Board) -> None:
    mine = seconds_each(prepared(questions(Random(4), PLACES)), VERDICTS, check)
    plain = seconds_each(questions(Random(4), PLACES), RECOUNTS, recount_blocks)
    board.spread("Verdict, 200 contacts, history prepared once", mine, aim_ms=0.05, note="aim: median under 50 µs")
    board.ratio("The same / a plain recount that says yes or no", mine, plain, aim=1)
    unknown = (("en-US", ()),)
    nowhere = seconds_each(prepared(questions(Random(5), unknown)), VERDICTS // 10, check)
    board.spread("Verdict, place unknown: seven zones", nowhere)
    bare = seconds_each(questions(Random(6), PLACES), VERDICTS // 10, check)
    board.spread("Verdict, 200 contacts, history not prepared", bare)


@pytest.mark.bench
def test_a_queue_is_lit(board: Board) -> None:
    """As the worklist asks: one call per case; the histories, of 10 to 40 contacts, are prepared on the way."""
    random, pack = Random(7), load("zh-CN")
    events = [_events(random, index) for index in range(CASES)]
    read, lit, plain = [], [], []
    for _ in range(RUNS):
        gc.collect()
        began = perf_counter()
        cases = [tuple(past_contacts(each, debt="D1")) for each in events]
        read.append(perf_counter() - began)
        lit.append(_light_all(cases, pack, check))
        plain.append(_light_all(cases, pack, recount_blocks))
    board.spread(f"Queue of {CASES} cases lit", lit, aim_ms=10)
    board.ratio("The same / a plain recount that says yes or no", lit, plain, aim=1)
    board.spread(f"Contacts of {CASES} cases read from their events", read, note="beside the light: decoding JSON")


def _light_all(cases: list[tuple[PastContact, ...]], pack: RulePack, answer: Answer) -> float:
    began = perf_counter()
    for history in cases:
        request = GateRequest(
            at=NOW,
            channel="call",
            party="debtor",
            contact_point="p1",
            zones=("Asia/Shanghai",),
            debt="D1",
            history=history,
        )
        answer(request, pack)
    return perf_counter() - began


def _events(random: Random, case: int) -> list[Event]:
    body = encode_body(Contact(party="debtor", note="rang twice", identity=("name",)))
    return [
        Event(
            id=f"{case}-{number}",
            case_id=str(case),
            kind="contact",
            occurred_at=past.at,
            author="a",
            device="d",
            contact_point=past.contact_point,
            channel=past.channel,
            outcome=past.outcome,
            body=body,
        )
        for number, past in enumerate(contacts(random, random.randint(10, 40), 30))
    ]
