"""The wording check at the desk: what one wrote, held against the rules with what is true of the case."""

from __future__ import annotations

from typing import NamedTuple

from local_db.queries import CaseFile
from workstation.desk import standing
from workstation.desk.scripts import may_waive
from workstation.desk.seat import Seat
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.domain.wording import Facts, Language, Party, check


class Remark(NamedTuple):
    """Words that should not stand, why not, and a lawful sentence instead."""

    words: str
    message: Message


def remarks(seat: Seat, file: CaseFile, text: str, language: str, party: Party = "debtor") -> tuple[Remark, ...]:
    """What is wrong with a text to `party`, or about a contact with them, in the order of the text.

    A check that cannot be made is itself a remark: nothing passes because its rules could not be read.
    """
    if not text.strip():
        return ()
    today = seat.clock.today()
    recorded = {known.what for known in file.state.circumstances if known.on(today)}
    facts = Facts(
        legal_step_taken="legal_step_taken" in recorded,
        credit_reported="credit_reported" in recorded,
        waiver_available=may_waive(seat.person.role, standing.owed(file, today)),
        identity_verified=True,
    )
    spoken: Language = "zh_CN" if language == "zh_CN" else "en"
    try:
        found = check(text, spoken, file.book.jurisdiction, party, facts)
    except WorkstationError as error:
        return (Remark("", error.message),)
    return tuple(
        Remark(
            text[finding.start : finding.end],
            msg(
                "“{words}”: {why} Better: {suggestion} ({source})",
                words=text[finding.start : finding.end],
                why=finding.why,
                suggestion=finding.suggestion,
                source=finding.source,
            ),
        )
        for finding in found
    )
