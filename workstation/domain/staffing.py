"""What a lead plans a person with: how much of a full desk, which cases, and when they are away; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.vocabulary import STAGES

FULL = 100  # per cent: a full desk
MOST_CAPACITY, MOST_CASES = 200, 100_000
MOST_ENTRIES, LONGEST_ENTRY = 20, 60


@dataclass(frozen=True, slots=True)
class Staffing:
    """One person's place in the plan. An empty list is no limit: every language, every region, every stage."""

    capacity: int = FULL
    most_cases: int | None = None
    languages: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()  # cities or districts, as a debtor's city begins
    stages: tuple[str, ...] = ()
    legal: bool = False
    leave_from: date | None = None
    leave_until: date | None = None
    cover_id: str | None = None

    def away(self, day: date) -> bool:
        if self.leave_from is None or self.leave_until is None:
            return False
        return self.leave_from <= day <= self.leave_until

    def speaks(self, language: str) -> bool:
        return not self.languages or language in self.languages

    def covers(self, city: str | None) -> bool:
        """Whether the place is one of theirs; what has no place is everybody's."""
        return not self.regions or not city or any(city.startswith(region) for region in self.regions)

    def takes(self, stage: str) -> bool:
        return not self.stages or stage in self.stages

    def can(self, *, language: str, city: str | None, stage: str, legal: bool = False) -> bool:
        """Whether a case of this sort may be theirs."""
        return self.speaks(language) and self.covers(city) and self.takes(stage) and (self.legal or not legal)

    def room(self, held: int) -> int | None:
        """How many more cases than `held` they may have; None without a limit, never below nothing."""
        return None if self.most_cases is None else max(0, self.most_cases - held)

    def check(self, person_id: str) -> None:
        """Raises `InputError` naming the field that is not possible."""
        if not 0 <= self.capacity <= MOST_CAPACITY:
            raise InputError(
                msg("The capacity is between 0 and {most} per cent of a full desk.", most=MOST_CAPACITY),
                field="capacity",
            )
        if self.most_cases is not None and not 0 <= self.most_cases <= MOST_CASES:
            raise InputError(msg("The limit is between 0 and {most} cases.", most=MOST_CASES), field="most_cases")
        for name, entries in (("languages", self.languages), ("regions", self.regions)):
            if len(entries) > MOST_ENTRIES or any(len(entry) > LONGEST_ENTRY for entry in entries):
                raise InputError(
                    msg(
                        "At most {entries} entries of at most {length} characters.",
                        entries=MOST_ENTRIES,
                        length=LONGEST_ENTRY,
                    ),
                    field=name,
                )
        if any(stage not in STAGES for stage in self.stages):
            raise InputError(msg("The stages are {stages}.", stages=", ".join(STAGES)), field="stages")
        if (self.leave_from is None) != (self.leave_until is None):
            raise InputError(msg("A leave has a first and a last day."), field="leave_until")
        if self.leave_from is not None and self.leave_until is not None and self.leave_until < self.leave_from:
            raise InputError(msg("The leave ends before it begins."), field="leave_until")
        if self.cover_id is not None and self.leave_from is None:
            raise InputError(msg("A cover is for a leave: say from when and until when."), field="leave_from")
        if self.cover_id == person_id:
            raise InputError(msg("Nobody covers their own leave."), field="cover")
