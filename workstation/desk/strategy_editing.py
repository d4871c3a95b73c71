"""The strategy as a lead edits it: checked as it is typed, tried on the open cases, adopted whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from local_db import events as store_events
from local_db import queries
from workstation.desk.conduct import LEADING
from workstation.desk.seat import Seat
from workstation.desk.strategy import InForce, facts_of, folder, house_file, in_force, view
from workstation.desk.views import TreatmentView
from workstation.domain.changes import Changes
from workstation.domain.errors import InputError, WorkstationError
from workstation.domain.message import Message, msg
from workstation.domain.stage import stage_of
from workstation.domain.strategy import Strategy, Treatment, treat
from workstation.domain.strategy_check import Warned, warnings
from workstation.domain.strategy_file import DEFAULT, StrategyError, default_text, read
from workstation.domain.strategy_trial import ArmOutcome, outcomes
from workstation.domain.strategy_words import parts

ADOPTING = frozenset({"lead", "admin"})
TRIAL_DAYS = 90
AT_ONCE = 100  # cases between two words of progress
EVERYTHING = Changes(frozenset({"strategy"}), everything=True)

_VERSION = re.compile(r"\.(\d+)\.toml$")


class StrategyNotKept(WorkstationError):
    """The house's file could not be written; what was in force still is."""

    code = "strategy_not_kept"


@dataclass(frozen=True, slots=True)
class Checked:
    """What a text says: a fault with its line, or what is legal and hardly meant."""

    fault: Message | None = None
    line: int = 0
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class CountRow:
    """How many cases have a treatment now and would have it then."""

    parts: tuple[Message, ...]
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A case whose treatment would change."""

    case_id: str
    number: str
    name: str
    stage: str
    old: TreatmentView
    new: TreatmentView


@dataclass(frozen=True, slots=True)
class ArmRow:
    """How many open cases fall into an arm of a split, and what share of the split's cases was meant to."""

    split: str
    arm: str
    cases: int
    wanted: Decimal
    parts: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would change; nothing has."""

    cases: int
    counts: tuple[CountRow, ...]
    changed: tuple[ChangedRow, ...]
    arms: tuple[ArmRow, ...] = ()


class Strategies:
    def __init__(self, seat: Seat) -> None:
        self._seat = seat

    @property
    def offered(self) -> bool:
        """Is the editor for this person?"""
        return self._seat.person.role in LEADING

    @property
    def may_adopt(self) -> bool:
        return self._seat.person.role in ADOPTING

    def jurisdictions(self) -> tuple[str, ...]:
        """Of the books at this seat."""
        with self._seat.store.read() as conn:
            return tuple(queries.jurisdictions(conn))

    def in_force(self, jurisdiction: str) -> InForce:
        return in_force(jurisdiction)

    def text(self, jurisdiction: str) -> str:
        """What is in force, or the house's own text with its fault, to be put right."""
        path = in_force(jurisdiction).path
        if path is None:
            return default_text()
        try:
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return default_text()

    def check(self, jurisdiction: str, text: str) -> Checked:
        try:
            strategy = read(text, house_file(jurisdiction).name)
        except StrategyError as error:
            return Checked(error.message, error.line)
        return Checked(warnings=warnings(strategy))

    # ---- dry run ----

    def try_out(
        self,
        jurisdiction: str,
        text: str,
        progress: Callable[[int, int], None] = lambda _done, _total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> DryRun | None:
        """What the text would change at the open cases; None when cancelled. Slow: not for the window's thread.

        Raises `StrategyError` for a text with a fault.
        """
        new, old = read(text, house_file(jurisdiction).name), in_force(jurisdiction)
        today = self._seat.clock.today()
        before: Counter[Treatment] = Counter()
        after: Counter[Treatment] = Counter()
        changed: list[ChangedRow] = []
        arms: Counter[str] = Counter()
        with self._seat.store.read() as conn:
            ids = sorted(queries.open_cases(conn))
            for start in range(0, len(ids), AT_ONCE):
                progress(start, len(ids))
                if cancelled():
                    return None
                for record in queries.queue_records(conn, ids[start : start + AT_ONCE]):
                    if record.book.jurisdiction != jurisdiction:
                        continue
                    facts = facts_of(record, today)
                    was, would = treat(facts, old.strategy), treat(facts, new)
                    was_treated, would_be = was.for_case(record.case_id), would.for_case(record.case_id)
                    before[was_treated] += 1
                    after[would_be] += 1
                    if arm := would.arm(record.case_id):
                        arms[arm] += 1
                    if was_treated != would_be:
                        changed.append(
                            ChangedRow(
                                record.case_id,
                                record.number,
                                self._seat.masks.name(record.name),
                                stage_of(facts.days_past_due),
                                view(was, facts, record.case_id),
                                view(would, facts, record.case_id),
                            )
                        )
        progress(len(ids), len(ids))
        counts = [CountRow(parts(each), before[each], after[each]) for each in before | after]
        counts.sort(key=lambda row: (-max(row.before, row.after), [part.plain() for part in row.parts]))
        rows = tuple(sorted(changed, key=lambda row: row.number))
        return DryRun(before.total(), tuple(counts), rows, _arm_rows(new, arms))

    def trials(self, days: int = TRIAL_DAYS) -> tuple[ArmOutcome, ...]:
        """What came of the splits so far, arm by arm, from the contacts recorded here. Not for the window's thread."""
        since = self._seat.clock.now() - timedelta(days=days)
        with self._seat.store.read() as conn:
            return outcomes(store_events.of_kinds(conn, ("contact", "correction"), since))

    # ---- keeping ----

    def adopt(self, jurisdiction: str, text: str) -> Changes:
        """Put the text in force on this device. The house's file of before is kept under a number.

        Raises `StrategyError` for a text with a fault, `InputError` for who may not, `StrategyNotKept`.
        """
        self._only_who_may()
        path = house_file(jurisdiction)
        read(text, path.name)
        with _told(path):
            self._keep_version(path)
            write_whole(path, text.encode())
        self.drop_draft(jurisdiction)
        return EVERYTHING

    def back_to_default(self, jurisdiction: str) -> Changes:
        """The shipped strategy decides again; the house's file is kept under a number. Raises as `adopt`."""
        self._only_who_may()
        if (folder() / DEFAULT).exists():  # it would decide once the jurisdiction's own file is gone
            return self.adopt(jurisdiction, default_text())
        path = house_file(jurisdiction)
        with _told(path):
            self._keep_version(path)
            path.unlink(missing_ok=True)
        self.drop_draft(jurisdiction)
        return EVERYTHING

    def versions(self, jurisdiction: str) -> tuple[int, ...]:
        """The numbers of the files that were in force before, oldest first."""
        found = (_VERSION.search(path.name) for path in folder().glob(f"{jurisdiction}.*.toml"))
        return tuple(sorted(int(number[1]) for number in found if number))

    def version_file(self, jurisdiction: str, number: int) -> Path:
        return folder() / f"{jurisdiction}.{number}.toml"

    def _keep_version(self, path: Path) -> None:
        """A crash after this leaves the old file in force and one copy too many."""
        if path.exists():
            number = max(self.versions(path.stem), default=0) + 1
            write_whole(self.version_file(path.stem, number), path.read_bytes())

    def _only_who_may(self) -> None:
        if not self.may_adopt:
            raise InputError(msg("A team lead or an administrator puts a strategy in force."))

    def undo(self, jurisdiction: str) -> Changes:
        """What was in force before the last adoption is again; what it takes the place of is kept under a number too.

        Raises `InputError` when nothing was adopted here, and as `adopt`.
        """
        self._only_who_may()
        path = house_file(jurisdiction)
        if not path.exists():
            raise InputError(msg("No strategy of the house is in force here; there is nothing to undo."))
        earlier = self.versions(jurisdiction)
        if not earlier:
            return self.back_to_default(jurisdiction)
        before = self.version_file(jurisdiction, earlier[-1])
        with _told(path):
            text = before.read_text(encoding="utf-8", errors="replace")
        return self.adopt(jurisdiction, text)

    # ---- the draft ----

    def draft(self, jurisdiction: str) -> str | None:
        """What was typed and not adopted yet."""
        with suppress(OSError, UnicodeDecodeError):
            return self._draft_file(jurisdiction).read_text(encoding="utf-8")
        return None

    def keep_draft(self, jurisdiction: str, text: str) -> None:
        with _told(house_file(jurisdiction)):
            write_whole(self._draft_file(jurisdiction), text.encode())

    def drop_draft(self, jurisdiction: str) -> None:
        with suppress(OSError):  # a draft that stays is shown again, no more
            self._draft_file(jurisdiction).unlink(missing_ok=True)

    def _draft_file(self, jurisdiction: str) -> Path:
        return folder() / f"{jurisdiction}.draft"


def _arm_rows(strategy: Strategy, arms: Counter[str]) -> tuple[ArmRow, ...]:
    rows: list[ArmRow] = []
    for rule in strategy.rules:
        split = rule.split
        if split is not None:
            for name, share, treated in (("A", 1 - split.share, rule.treatment), ("B", split.share, split.treatment)):
                rows.append(ArmRow(split.id, name, arms[f"{split.id}:{name}"], share, parts(treated)))
    return tuple(rows)


def write_whole(path: Path, data: bytes) -> None:
    """A crash leaves the old file or the new one, never half of either."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".strategy-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the file system refuses is told in a sentence."""
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise StrategyNotKept(
            msg("{file} could not be written ({why}); nothing was changed.", file=str(path), why=why)
        ) from error
