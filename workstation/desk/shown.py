"""One case as its person may see it: contact points, names and free text through the masking table."""

from __future__ import annotations

from functools import cached_property

from local_db.queries import CaseFile
from workstation.domain.privacy import Field, Place
from workstation.security.masking import Masks

KINDS: dict[str, Field] = {"phone": "phone", "email": "email", "address": "address"}


class ShownCase:
    """Made once for everything that one showing asks of a case. `reasoned`: a reason for what leaves the program in
    full was given, and will be recorded."""

    def __init__(self, file: CaseFile, masks: Masks, place: Place = "screen", *, reasoned: bool = False) -> None:
        self._file, self.masks = file, masks
        self._place: Place = place
        self._reasoned = reasoned

    def value(self, field: Field, value: str) -> str:
        """Anything else of the debtor's, as it may be shown here."""
        return self.masks.shown(field, value, self._place, reasoned=self._reasoned)

    @cached_property
    def points(self) -> dict[str, str]:
        """Contact points by id."""
        return {point.id: self.value(KINDS[point.kind], point.value) for point in self._file.points}

    @property
    def name(self) -> str:
        return self.value("name", self._file.debtor.name)

    def related(self, name: str) -> str:
        """The name of a related person, or of a third person who answered."""
        return self.value("related_name", name)

    def words(self, text: str) -> str:
        """What somebody wrote: what this case has on record, and what looks like a number or an address, is masked."""
        return self.masks.text(text, self._known, self._place) if text else text

    @cached_property
    def _known(self) -> tuple[str, ...]:
        debtor = self._file.debtor
        values = {point.value for point in self._file.points} | {account.number for account in self._file.accounts}
        values |= {debtor.id_number or "", debtor.employer or ""}
        return tuple(sorted(values, key=len, reverse=True))
