"""What became of a letter on paper: it reached the debtor on a day, or came back."""

from __future__ import annotations

from datetime import date
from typing import Literal

from workstation.desk.entry_reading import Readings
from workstation.desk.seat import Seat, zone
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError
from workstation.domain.events import LetterResult
from workstation.domain.letter_rules import reached_by
from workstation.domain.message import Message, msg

How = Literal["", "receipt", "tracking", "handed_over", "answered"]
HOW: tuple[How, ...] = ("receipt", "tracking", "handed_over", "answered")  # what shows it; labels `letter_how`
LONGEST = 200


class LetterResults:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    def arrived(self, case_id: str, letter_id: str, on: str, how: str, reference: str = "") -> Changes:
        """The letter reached the debtor on the day `on` as typed, shown by `how`: a demand then begins limitation anew.

        Raises `InputError` for a day before the letter's or after today, and without anything that shows it.
        """
        if how not in HOW:
            raise InputError(msg("Say what shows that the letter arrived."), field="how")
        return self._record(case_id, letter_id, on, "delivered", how, reference)

    def returned(self, case_id: str, letter_id: str, on: str, reason: str = "") -> Changes:
        """The letter came back: it reached nobody."""
        return self._record(case_id, letter_id, on, "returned", "", reason)

    def fate(self, case_id: str, letter_id: str) -> Message | None:
        """What is known of the letter's way; None while nothing is."""
        letter = next((row for row in self._seat.file(case_id).state.letters if row.id == letter_id), None)
        if letter is None:
            return None
        if letter.arrived_on is not None:
            return msg("It reached the debtor on {day}.", day=letter.arrived_on)
        return None if letter.returned_on is None else msg("It came back on {day}.", day=letter.returned_on)

    def _record(
        self, case_id: str, letter_id: str, on: str, state: Literal["delivered", "returned"], how: How, reference: str
    ) -> Changes:
        file = self._seat.file(case_id)
        letter = next((row for row in file.state.letters if row.id == letter_id), None)
        if letter is None:
            raise InputError(msg("That entry is not a letter."))
        day = self._day(on)
        sent_on = letter.at.astimezone(zone(file.zone)).date()
        if (why := reached_by(sent_on, day, self._seat.clock.today())) is not None:
            raise InputError(why, field="on")
        body = LetterResult(state=state, on=day, how=how, reference=reference.strip()[:LONGEST])
        self._seat.record(case_id, body, answers=letter_id)
        return Changes(frozenset({"event", "letter_result"}), frozenset({case_id}))

    def _day(self, text: str) -> date:
        readings = Readings(self._seat.clock.today())
        day = readings.day("on", text)
        if readings.first_error is not None:
            raise InputError(readings.first_error, field="on")
        if day is None:
            raise InputError(msg("Type the day on which it arrived."), field="on")
        return day
