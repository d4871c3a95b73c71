"""The court bundle: what is on record of one case as one PDF, in words that debtor and judge may read.

In it: an index, who and what is owed, the history with its corrections, payments and where they went, promises, the
plan, the recordings' references, how the history is proven, and every letter as it was sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from letters.bundle import Bound, Bundle, Enclosure, bind
from local_db import events as store_events
from local_db.queries import CaseFile
from workstation.desk.correspondence import Correspondence
from workstation.desk.court_papers import NOT_OF_THE_CASE, CourtPapers
from workstation.desk.seat import Seat, zone
from workstation.domain.errors import InputError
from workstation.domain.events import Letter, decode_body
from workstation.domain.message import Label, Message, msg
from workstation.domain.proof import prove
from workstation.i18n import Translator


@dataclass(frozen=True, slots=True)
class MadeBundle:
    """`lacking`: letters that could not be enclosed, in words; the bundle says so too."""

    bound: Bound
    lacking: tuple[Message, ...]
    name: str  # suggested for the file: the case's number, nothing personal


class CourtBundles:
    def __init__(self, seat: Seat, correspondence: Correspondence) -> None:
        self._seat, self._correspondence = seat, correspondence

    def make(
        self, case_id: str, language: str = "", progress: Callable[[int, int], None] = lambda _done, _of: None
    ) -> MadeBundle:
        """The bundle as of now, in `language` or the debtor's. Slow with many letters: not for the window thread."""
        file = self._seat.file(case_id)
        say = Translator(language or file.debtor.language)
        with self._seat.store.read() as conn:
            known = store_events.hashes(conn)
        enclosures, lacking = self._letters(file, say)
        papers = CourtPapers(file, self._seat.masks, say, self._seat.clock.now(), self._seat.person.name)
        proven = prove((event for event in file.events if event.kind not in NOT_OF_THE_CASE), known)
        bundle = Bundle(papers.front(), papers.all(proven, lacking), enclosures, papers.words())
        return MadeBundle(bind(bundle, progress), tuple(lacking), f"{file.case.number}.pdf")

    def _letters(self, file: CaseFile, say: Translator) -> tuple[list[Enclosure], list[Message]]:
        found: list[Enclosure] = []
        lacking: list[Message] = []
        for event in file.events:
            body = decode_body(event.kind, event.body)
            if not isinstance(body, Letter):
                continue
            title = msg(
                "{title} of {day}",
                title=Label("letter", body.template),
                day=event.corrected_at.astimezone(zone(file.zone)).date(),
            )
            try:
                found.append(Enclosure(say.say(title), self._correspondence.archived(event.id)))
            except InputError as problem:
                lacking.append(msg("{title}: {problem}", title=title, problem=problem.message))
        return found, lacking
