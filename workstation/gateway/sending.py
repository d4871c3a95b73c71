"""One round of sending: ask what is due, ask the gate, claim one message, hand it over, say what became of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from workstation.domain.errors import WorkstationError
from workstation.domain.rulepack import RulePackError
from workstation.gateway.attaching import with_letter
from workstation.gateway.centre import Centre, Due
from workstation.gateway.judging import Hold, RulesOn, Stop, judge
from workstation.gateway.outgoing import NotNow, Outgoing, Unsure, Way, WayClosed
from workstation.gateway.outgoing import Refused as RefusedByProvider
from workstation.sync.link import LinkError

log = logging.getLogger(__name__)

# After each attempt of which nothing left the house; then it is given up.
PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
REPORT_SECONDS = 300.0
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Tally:
    """What one round did. `problems`: ways that are closed, rules that cannot be read."""

    sent: int = 0
    delivered: int = 0
    failed: int = 0
    uncertain: int = 0
    held: int = 0
    problems: dict[str, WorkstationError] = field(default_factory=dict)

    @property
    def moved(self) -> bool:
        return bool(self.sent or self.delivered or self.failed or self.uncertain or self.held)


class Gateway:
    """Sends by `ways`, one for each channel; after `stop` the message at hand is finished and no other begun.

    `clock` stands in for the centre's in tests of quiet hours.
    """

    def __init__(
        self,
        centre: Centre,
        ways: Mapping[str, Way],
        rules_on: RulesOn,
        *,
        stop: threading.Event | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._centre, self._ways, self._rules_on, self._clock = centre, ways, rules_on, clock
        self._stop = stop or threading.Event()
        self._ask_at = 0.0  # when to ask again what became of text messages

    def round(self, most: int) -> Tally:
        """At most so many messages of each channel. Raises a `LinkError` when the centre cannot be reached."""
        tally = Tally()
        clock = self._clock or self._centre.clock()
        for channel in self._ways:  # apart, so that what waits for one provider is not in the way of another
            for due in self._centre.due([channel], most):
                if self._stop.is_set() or channel in tally.problems:
                    break
                self._one(due, clock, tally)
        if "sms" in self._ways and monotonic() >= self._ask_at:
            self._ask_at = monotonic() + REPORT_SECONDS
            self._reports(self._ways["sms"], most, tally)
        return tally

    def _one(self, due: Due, clock: Clock, tally: Tally) -> None:
        try:
            verdict = judge(due, clock(), self._rules_on)
        except RulePackError as error:  # it waits until the rules can be read
            self._centre.later(due.id, due.attempt, clock() + PAUSES[0])
            tally.problems[f"rules {due.jurisdiction}"] = error
            tally.held += 1
            return
        if isinstance(verdict, Stop):
            self._centre.failed(due.id, due.attempt, verdict.reason)
            tally.failed += 1
        elif isinstance(verdict, Hold):
            self._centre.later(due.id, due.attempt, verdict.until)
            tally.held += 1
        else:
            self._send(due, clock, tally)

    def _send(self, due: Due, clock: Clock, tally: Tally) -> None:
        way = self._ways[due.channel]
        try:
            way.ready()
        except WayClosed as error:  # before anything was claimed
            tally.problems[due.channel] = error
            return
        message = self._centre.claim(due)
        if message is None:
            return
        try:
            reference = way.send(self._whole(message, clock))
        except WayClosed as error:
            self._centre.later(message.id, message.attempt, clock() + PAUSES[0])
            tally.problems[due.channel] = error
            tally.held += 1
        except NotNow as problem:
            self._again(message, clock(), problem.reason, tally)
        except RefusedByProvider as problem:
            self._centre.failed(message.id, message.attempt, problem.reason)
            tally.failed += 1
        except Unsure:
            self._centre.failed(message.id, message.attempt, "uncertain")
            tally.uncertain += 1
        else:
            self._centre.sent(message.id, message.attempt, reference)
            tally.sent += 1
            log.info("message %s sent, attempt %d", message.id, message.attempt)

    def _whole(self, message: Outgoing, clock: Clock) -> Outgoing:
        """With the letter that goes with it. Nothing has left while the centre is asked for that: it is tried again."""
        try:
            return with_letter(message, self._centre)
        except LinkError:
            self._centre.later(message.id, message.attempt, clock() + PAUSES[0])
            raise

    def _again(self, message: Outgoing, now: datetime, reason: str, tally: Tally) -> None:
        if message.attempt > len(PAUSES):
            self._centre.failed(message.id, message.attempt, reason)
            tally.failed += 1
        else:
            self._centre.later(message.id, message.attempt, now + PAUSES[message.attempt - 1])
            tally.held += 1

    def _reports(self, way: Way, most: int, tally: Tally) -> None:
        """What became of the text messages the provider took."""
        for message, attempt in self._centre.unconfirmed(most):
            if self._stop.is_set():
                return
            try:
                became = way.became(message)
            except WayClosed as error:
                tally.problems["sms"] = error
                return
            if became == "delivered":
                self._centre.delivered(message)
                tally.delivered += 1
            elif became == "failed":
                self._centre.failed(message, attempt, "undelivered")
                tally.failed += 1
