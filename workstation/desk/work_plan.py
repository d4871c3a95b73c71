"""Papers of the desk, ready to print: the work plan of a day or a week, and the one-page report of a shift."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from letters.sheet import BOX, Section, Sheet, on_one_page, pdf_of
from letters.tables import Column, Table
from workstation.desk import day_words
from workstation.desk.agenda import Day, Item, Week
from workstation.desk.day_close import DayClosed
from workstation.desk.seat import Clock, Person
from workstation.desk.sync_views import SyncHead
from workstation.desk.views import QueueRow
from workstation.domain.message import Label, Message, nmsg
from workstation.i18n import Translator
from workstation.security.masking import masks_for

QUEUE_ROWS = 40  # of a day: more than one gets to with care
LONGEST = 120  # characters of a text on the shift report, so that no single line takes the page
_APPOINTMENTS = frozenset({"call_back", "visit"})


class Papers:
    """In one person's name and language. Amounts stand on them, numbers and addresses never.

    Names as the masking table has them for what leaves the program; `in_full`: a reason was given. `case_ids` are the
    cases on the paper made last: each will have it on record.
    """

    def __init__(
        self, person: Person, clock: Clock, translator: Translator, *, practice: bool = False, in_full: bool = False
    ) -> None:
        self._person, self._clock, self._say, self._practice = person, clock, translator, practice
        self._masks, self._in_full = masks_for(person.role), in_full
        self._cases: dict[str, None] = {}

    @property
    def case_ids(self) -> tuple[str, ...]:
        return tuple(self._cases)

    @property
    def fields(self) -> tuple[str, ...]:
        """What stands on the paper in full."""
        full = self._masks.shown("name", "ab", "export", reasoned=self._in_full) == "ab"
        return ("name",) if full else ()

    def _name(self, case_id: str, name: str) -> str:
        if case_id:
            self._cases[case_id] = None
        return self._masks.shown("name", name, "export", reasoned=self._in_full)

    def day_plan(self, week: Week, queue: Sequence[QueueRow]) -> bytes:
        """Today: appointments by the hour, what is due, what was missed, then the queue in its order."""
        self._cases.clear()
        today = week.today
        due = [item for day in week.days if day.day == today for item in day.items if item.open]
        appointments = [item for item in due if item.kind in _APPOINTMENTS]
        others = [item for item in due if item.kind not in (*_APPOINTMENTS, "action")]
        listed = {item.case_id for item in (*appointments, *others, *week.missed)}
        rows = [row for row in queue if row.case_id not in listed and not row.worked_today and not row.idle]
        windows = {row.case_id: row.light.phrase for row in queue}
        tr = self._say.text
        more = len(rows) - QUEUE_ROWS
        sections = [
            self._items(
                tr("Appointments"), appointments, tr("No callback and no visit is agreed for today."), windows=windows
            ),
            self._items(tr("Due today"), others, tr("Nothing falls due today."), windows=windows),
            *([self._items(tr("Past their day"), week.missed, "", dated=True, windows=windows)] if week.missed else []),
            Section(
                tr("Then, in the order of the queue"),
                Table(
                    self._columns(dated=False, timed=False, windows=True),
                    [self._row(row) for row in rows[:QUEUE_ROWS]],
                ),
                tr("Nothing else waits."),
                self._more(more),
            ),
        ]
        return pdf_of(self._sheet(tr("Work plan for the day"), self._say.day(today, "long"), sections))

    def week_plan(self, week: Week) -> bytes:
        """The seven days, each with what is agreed and due; what was missed first."""
        self._cases.clear()
        tr = self._say.text
        sections = [self._items(tr("Past their day"), week.missed, "", dated=True)] if week.missed else []
        for day in week.days:
            items = [item for item in day.items if item.open]
            due = owed(day)
            heading = " · ".join([self._say.day(day.day), *([] if due is None else [self._say.say(due)])])
            sections.append(self._items(heading, items, tr("Nothing is agreed or due.")))
        first, last = (self._say.day(week.days[place].day, "long") for place in (0, -1))
        return pdf_of(self._sheet(tr("Work plan for the week"), f"{first} – {last}", sections))

    def shift_report(self, closed: DayClosed, sync: SyncHead) -> bytes:
        """What was done, what is left open and what has left the desk, always on one page: the rest is counted."""
        return on_one_page(lambda most: self._report(closed, sync, most), len(closed.open))

    # ---- parts ----

    def _report(self, closed: DayClosed, sync: SyncHead, most: int) -> Sheet:
        self._cases.clear()
        tr = self._say.text
        left = closed.open[:most]
        rows = [
            (row.number or "—", _cut(self._name(row.case_id, row.name)) or "—", _cut(self._say.say(row.what)))
            for row in left
        ]
        stands = [self._say.say(part) for part in (sync.text, sync.detail, sync.advice) if part is not None]
        columns = [
            Column(tr("Case"), "left"),
            Column(tr("Name"), "left", wraps=True),
            Column(tr("Still open"), "left", wraps=True),
        ]
        sections = [
            Section(tr("Done today"), day_words.table(self._say, closed.figures, closed.promised)),
            Section(
                tr("Still open"),
                Table(columns, rows),
                "" if closed.open else tr("Nothing is left open."),
                self._more(len(closed.open) - len(left)),
            ),
            Section(tr("Synchronisation"), Table(columns, ()), _cut(" · ".join(stands), 3 * LONGEST)),
        ]
        return self._sheet(tr("Shift report"), self._moment(closed.at), sections)

    def _more(self, count: int) -> str:
        return "… " + self._say.say(nmsg("and {n} more", "and {n} more", count)) if count > 0 else ""

    def _moment(self, at: datetime) -> str:
        local = at.astimezone(self._clock.zone)
        return f"{self._say.day(local.date(), 'long')}, {local:%H:%M}"

    def _sheet(self, title: str, when: str, sections: Sequence[Section]) -> Sheet:
        tr, person = self._say.text, self._person
        return Sheet(
            title=title,
            about=" · ".join(_cut(part) for part in (when, person.name, person.team_name) if part),
            sections=sections,
            foot=tr("Practice: made-up debtors. Nothing is recorded at the bank, nothing is sent.")
            if self._practice
            else tr("Confidential: personal data. Keep it with you, destroy it after use."),
            page=tr("Page {page} of {pages}"),
            author=person.name,
            day=self._clock.today(),
            language=self._say.language,
        )

    def _items(
        self,
        heading: str,
        items: Iterable[Item],
        empty: str,
        *,
        dated: bool = False,
        windows: Mapping[str, Message] | None = None,
    ) -> Section:
        """`windows` says when each case may be contacted; a plan of several days knows nothing of that."""
        listed = list(items)
        timed = dated or any(item.at is not None for item in listed)
        rows = []
        for item in listed:
            window = () if windows is None else (self._say.say(windows.get(item.case_id, "")),)
            rows.append(self._item(item, window, dated=dated, timed=timed))
        return Section(
            heading, Table(self._columns(dated=dated, timed=timed, windows=windows is not None), rows), empty
        )

    def _columns(self, *, dated: bool, timed: bool, windows: bool) -> list[Column]:
        tr = self._say.text
        return [
            Column("", "left"),
            *([Column(tr("Day") if dated else tr("Time"), "left")] if timed else []),
            Column(tr("Case"), "left"),
            Column(tr("Name"), "left", wraps=True),
            Column(tr("What"), "left", wraps=True),
            *([Column(tr("Contact"), "left", wraps=True)] if windows else []),
            Column(tr("Sum")),
        ]

    def _item(self, item: Item, window: tuple[str, ...], *, dated: bool, timed: bool) -> tuple[str, ...]:
        hour = "" if item.at is None else f"{item.at:%H:%M}"
        when = f"{self._say.day(item.day)} {hour}".strip() if dated else hour
        amount = "" if item.amount is None else self._say.money(item.amount)
        first = (BOX, when) if timed else (BOX,)
        return *first, item.number, self._name(item.case_id, item.name), spelled(self._say, item), *window, amount

    def _row(self, row: QueueRow) -> tuple[str, ...]:
        say = self._say.say
        name = self._name(row.case_id, row.name)
        return BOX, row.number, name, say(row.reason), say(row.light.phrase), self._say.money(row.owed)


def _cut(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def spelled(translator: Translator, item: Item) -> str:
    """What it is, and how it stands where that is worth a word: promise · broken. Of a plan, what is planned."""
    if item.kind == "action" and item.state is not None:
        return translator.say(item.state)
    kind = translator.label(Label("agenda", item.kind))
    return kind if item.state is None else f"{kind} · {translator.say(item.state)}"


def owed(day: Day) -> Message | None:
    """How many promises and instalments fall due on the day, and how much that is where it is one currency."""
    if not day.owing:
        return None
    if day.due is None:
        return nmsg("{n} due", "{n} due", day.owing)
    return nmsg("{n} due: {amount}", "{n} due: {amount}", day.owing, amount=day.due)
