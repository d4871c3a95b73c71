"""The history: one list by day, filtered by kind, searched by text; an entry opens in place when chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from time import perf_counter

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QWidget

from ui.case.entry_list import EntryList
from ui.case.entry_paint import Day, EntryPainter, Row, words
from ui.look import _L, Look
from ui.models.rows import RowsModel
from ui.widgets.basic import across, button, down, label
from ui.widgets.flow import FlowLayout
from workstation.desk.history_views import Fact
from workstation.desk.views import TimelineEntry
from workstation.domain.message import nmsg

GROUPS: tuple[tuple[str, frozenset[str]], ...] = (
    (_L("All"), frozenset()),
    (_L("Calls"), frozenset({"contact"})),
    (_L("Promises"), frozenset({"promise", "plan"})),
    (_L("Payments"), frozenset({"payment", "balance"})),
    (_L("Letters"), frozenset({"letter"})),
    (_L("Visits"), frozenset({"visit"})),
)
CHIP_GAP = 6
AT_ONCE = 40  # rows that are there in the first frame: more than any screen shows
SLICE = 0.005  # seconds that laying out or searching may take before a key that waits gets its turn
LONGEST = 0.1  # the same, where the list must come back to the place it stood at
PAUSE_MS = 20  # between two slices: the frame and whatever else was asked for come first


class Timeline(QWidget):
    """`facts` gives what an opened entry tells beside its note."""

    def __init__(self, look: Look, today: date, facts: Callable[[str], tuple[Fact, ...]]) -> None:
        super().__init__()
        self._look, self._facts = look, facts
        self._case_id = ""
        self._entries: Sequence[TimelineEntry] = ()
        self._texts: dict[str, str] = {}  # what the search looks in, by entry
        self._waiting: Iterator[Row | None] = iter(())  # rows not in the list yet; None: looked at, does not match
        self._group = 0
        self._chips = QButtonGroup(self)
        for place in range(len(GROUPS)):
            chip = button(role="chip")
            chip.setCheckable(True)
            chip.setChecked(place == 0)
            self._chips.addButton(chip, place)
        self._chips.idClicked.connect(self._choose)
        self.count = label(role="muted")
        self.model: RowsModel[Row] = RowsModel(self._spoken)
        self.painter = EntryPainter(look, today, facts)
        self.list = EntryList(look, self.model, self.painter, self.finish)
        self.list.setObjectName("timeline")
        self.list.setProperty("role", "sunken")
        self.search = QLineEdit()
        self.search.setObjectName("timeline_find")
        self.search.setProperty("role", "search")
        self.search.setMaxLength(60)
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._show())
        self.search.returnPressed.connect(self.list.take_focus)
        self.search.hide()
        self.empty = label(role="muted")
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(PAUSE_MS)
        self._later.timeout.connect(self._go_on)
        chips, flow = QWidget(), FlowLayout(spacing=CHIP_GAP, lines=4)
        for made in self._chips.buttons():
            flow.addWidget(made)
        chips.setLayout(flow)
        head = across(chips, self.count, spacing=16, margins=(24, 8, 24, 0))
        head.setStretch(0, 1)
        found = across(self.search, margins=(24, 2, 24, 4))
        self.setLayout(down(head, found, self.list, self.empty, spacing=4))
        self.retranslate()

    @property
    def shown(self) -> list[TimelineEntry]:
        """The entries in the list, newest first, without the days."""
        return [row for row in self.model.rows() if not isinstance(row, Day)]

    @property
    def complete(self) -> bool:
        """False while older entries are still being laid out or searched."""
        return not self._later.isActive()

    def show_entries(self, case_id: str, entries: Sequence[TimelineEntry], accounts: int) -> None:
        """Another case's history begins closed and unsearched; the same one's stays as it is."""
        same = case_id == self._case_id
        if not same:
            self.painter.opened.clear()
            self.search.blockSignals(True)  # shown below, once
            self.search.clear()
            self.search.blockSignals(False)
            self.search.hide()
        if entries is not self._entries:
            self._texts.clear()
        self._case_id, self._entries = case_id, entries
        count = nmsg("{n} entry", "{n} entries", len(entries))
        held = nmsg("{n} account", "{n} accounts", accounts)
        self.count.setText(f"{self._look.say(count)} · {self._look.say(held)}")
        self.painter.forget()
        self._show(stay=same)

    def retranslate(self) -> None:
        for place, (caption, _) in enumerate(GROUPS):
            self._chips.button(place).setText(self._look.tr(caption))
        self.list.setAccessibleName(self._look.tr("History"))
        self.search.setAccessibleName(self._look.tr("Find in the history"))
        self.search.setPlaceholderText(self._look.tr("Find in the history"))
        self.empty.setText(self._look.tr("Nothing of this kind is on record."))
        self._texts.clear()
        self.painter.forget()
        self.list.measure()
        self._show_count()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_count()

    def look_for(self) -> None:
        """The search field of the history, to type in at once."""
        self.search.show()
        self.search.setFocus()
        self.search.selectAll()

    def leave_search(self) -> bool:
        """Close the search field; False when it was closed."""
        if self.search.isHidden():
            return False
        self.search.clear()
        self.search.hide()
        self.list.setFocus()
        return True

    def finish(self) -> None:
        """Lay out everything now: somebody goes to the end."""
        if not self.complete:
            self._later.stop()
            self.list.add_rows([row for row in self._waiting if row is not None])
            self._show_what_there_is()

    def _show_count(self) -> None:
        """The count gives way to the filters."""
        chips = sum(chip.sizeHint().width() + CHIP_GAP for chip in self._chips.buttons())
        self.count.setVisible(chips + self.count.sizeHint().width() + 64 <= self.width())

    def _choose(self, place: int) -> None:
        self._group = place
        self._show()

    def _show(self, *, stay: bool = False) -> None:
        """Show what matches: at once what fits the screen, older entries in the pauses after it."""
        self._waiting = self._rows()
        above = self.list.rows_down_to_view() if stay else 0
        self.list.show_rows(self._take(above + AT_ONCE, LONGEST if stay else SLICE), stay=stay)
        self._show_what_there_is()

    def _go_on(self) -> None:
        self.list.add_rows(self._take())
        self._show_what_there_is()

    def _take(self, most: int | None = None, seconds: float = SLICE) -> list[Row]:
        """Up to `most` rows, or as many as the time allows; what is left follows after a pause."""
        until, taken = perf_counter() + seconds, []
        for looked, row in enumerate(self._waiting, start=1):
            if row is not None:
                taken.append(row)
            if len(taken) == most or (looked >= AT_ONCE and perf_counter() > until):
                self._later.start()
                return taken
        self._later.stop()
        return taken

    def _rows(self) -> Iterator[Row | None]:
        """The entries that match, each day before its first one; None for an entry that does not match."""
        wanted, asked = GROUPS[self._group][1], self.search.text().lower().split()
        zone, last = self._look.translator.zone, None
        for entry in self._entries:
            if (wanted and entry.group not in wanted) or not self._has(entry, asked):
                yield None
                continue
            day = entry.at.astimezone(zone).date()
            if day != last:
                last = day
                yield Day(day)
            yield entry

    def _has(self, entry: TimelineEntry, asked: list[str]) -> bool:
        if not asked:
            return True
        text = self._texts.get(entry.id)
        if text is None:
            text = self._texts[entry.id] = self._spoken(entry).lower()
        return all(word in text for word in asked)

    def _show_what_there_is(self) -> None:
        found = bool(self.model.rowCount()) or not self.complete
        self.list.setVisible(found)
        self.empty.setVisible(not found)

    def _spoken(self, row: Row) -> str:
        """What a screen reader reads, and the search looks in."""
        say = self._look.say
        if isinstance(row, Day):
            return self.painter.heading(row.day)
        local = row.at.astimezone(self._look.translator.zone)
        parts = [self.painter.heading(local.date())]
        if not row.day_only:
            parts.append(f"{local:%H:%M}")
        parts += map(say, (row.title, row.original, row.detail, row.taken_back, row.author))
        if row.id in self.painter.opened:
            parts += (f"{say(fact.label)} {' · '.join(words(self._look, fact))}" for fact in self._facts(row.id))
        return ", ".join(part for part in parts if part)
