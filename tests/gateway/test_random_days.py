"""Days of everything at once: rivals, crashes at each step, providers with moods, corrections, a clock that runs."""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections import Counter

import pytest

from tests.gateway.conftest import House
from tests.gateway.providers import SECRET
from workstation.domain.events import Correction, PointChanged
from workstation.gateway.outgoing import Outgoing
from workstation.gateway.sms_http import SmsHttp

NOON, NIGHT = dt.time(4, 0), dt.time(17, 0)  # UTC
STEPS = 120


class Crash(Exception):
    """The process is gone: nothing after this line happens."""


class Frail:
    """A way whose process dies before it hands a message over, after it, or not at all."""

    def __init__(self, inner: SmsHttp, dies: str) -> None:
        self._inner, self._dies = inner, dies

    def ready(self) -> None:
        self._inner.ready()

    def send(self, message: Outgoing) -> str:
        if self._dies == "before":
            raise Crash
        said = self._inner.send(message)
        if self._dies == "after":
            raise Crash
        return said

    def became(self, message_id: str) -> str:
        return self._inner.became(message_id)

    def close(self) -> None:
        self._inner.close()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_a_message_is_taken_at_most_once_and_ends(house: House, seed: int) -> None:
    dice = random.Random(seed)
    queued: list[str] = []
    withdrawn: set[str] = set()
    taken: Counter[str] = Counter()
    seen = 0

    def look() -> None:
        """Count what the provider took since the last look, silently or with an answer."""
        nonlocal seen
        for method, _, _, body in house.sms.asked[seen:]:
            if method == "POST" and not house.sms.status:
                taken[body["id"]] += 1
        seen = len(house.sms.asked)

    def one_round(dies: str = "", hour: dt.time = NOON) -> None:
        process = house.centre()
        with contextlib.suppress(Crash):
            house.round(hour, ways={"sms": Frail(SmsHttp(house.sms.url, lambda: SECRET), dies)}, centre=process)
        process.close()
        look()

    centre = house.centre()
    for _ in range(STEPS):
        step = dice.choice(
            ["queue"] * 4 + ["round"] * 3 + ["before", "after", "night", "mood", "correct", "clock", "rival"]
        )
        if step == "queue":
            queued.append(house.queue(dice.randrange(4), text=f"{len(queued)}"))
        elif step in {"before", "after"}:
            one_round(step)
        elif step == "night":
            one_round(hour=NIGHT)
        elif step == "mood":
            look()
            house.sms.status = dice.choice([0, 0, 0, 503, 422])
            house.sms.silent = dice.random() < 0.2 and not house.sms.status
        elif step == "correct" and queued:
            message = dice.choice(queued)
            if house.state(message) == "waiting":
                case = house.owner("SELECT case_id::text FROM case_event WHERE id = %s", message)[0][0]
                house.record(Correction(what="undo"), house.cases.index(case), answers=message)
                withdrawn.add(message)
        elif step == "clock":
            house.open_hold()
            house.owner("UPDATE message_delivery SET claimed_at = claimed_at - interval '16 minutes'")
        elif step == "rival":  # another gateway looked earlier, and speaks up only now
            late = centre.due(["sms"], 5)
            one_round()
            for due in late:
                dice.choice([
                    lambda due=due: centre.later(due.id, due.attempt, dt.datetime.now(dt.UTC)),
                    lambda due=due: centre.failed(due.id, due.attempt, "stopped"),
                ])()  # fmt: skip
        else:
            one_round()
    house.record(PointChanged(state="alive"), 0, contact_point=house.phones[house.cases[0]])
    house.sms.status, house.sms.silent = 0, False
    for _ in range(3):
        house.open_hold()
        house.owner("UPDATE message_delivery SET claimed_at = claimed_at - interval '16 minutes'")
        one_round()
    assert len(queued) > 20
    assert all(count == 1 for count in taken.values()), "never twice"
    assert not withdrawn & set(taken), "never after it was taken back"
    for message in queued:
        results = house.results(message)
        assert [row[0] for row in results] in (["sent"], ["failed"]), message
        assert house.state(message) == results[-1][0]
        assert (results[-1][0] == "sent" or results[-1][2] == "uncertain") >= (message in taken), "what left is told so"
        assert results[-1][0] != "sent" or message in taken
