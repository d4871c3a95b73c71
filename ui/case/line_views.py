"""The lists beside the history: payments with where they went, people and what they may be told, papers, plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from ui.case.line_list import Line, LineList
from ui.case.paper import PaperPage
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.papers import Paper, PaperButtons, PaperMade
from ui.plan.kept import kept_lines
from ui.widgets.basic import across, down, label
from workstation.desk.history_views import PaymentLine, RelatedRow, WorkerRow
from workstation.desk.views import CaseView
from workstation.domain.message import msg, nmsg

STATES = {"returned": _L("Taken back"), "partly_returned": _L("Partly taken back"), "return": _L("Return")}


class LinesView(QWidget):
    """One list, or a sentence where there is nothing."""

    empty_sentence = ""

    def __init__(self, look: Look, desk: Desk, name: str) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self.list = LineList(look, name)
        self.empty = label(role="muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        page = QWidget()
        self._page_layout = down(self.list, self.empty, spacing=0)
        page.setLayout(self._page_layout)
        self._front = QStackedWidget()
        self._front.addWidget(page)
        self.setLayout(down(self._front, spacing=0))

    def show_case(self, case: CaseView) -> None:
        lines = [*self._lines(case)]
        self.list.setAccessibleName(self._name())
        self.list.show_lines(lines)
        self.list.setVisible(bool(lines))
        self.empty.setText(self._look.tr(self.empty_sentence))
        self.empty.setVisible(not lines)

    def take_focus(self) -> None:
        self.list.take_focus()

    def _name(self) -> str:
        """What a screen reader calls the list."""
        raise NotImplementedError

    def _lines(self, case: CaseView) -> Iterator[Line]:
        raise NotImplementedError

    def _day(self, day: date) -> str:
        return self._look.say(msg("{day}", day=day))


class PaymentsView(LinesView):
    empty_sentence = _L("No payment is on record.")

    def _name(self) -> str:
        return self._look.tr("Payments")

    def _lines(self, case: CaseView) -> Iterator[Line]:
        for account in self._desk.casefile.balances(case.case_id):
            count = nmsg(
                "{card} · {n} payment", "{card} · {n} payments", len(account.payments), card=account.card_masked
            )
            if account.payments:
                yield Line(self._look.say(count), heading=True)
            for paid in account.payments:
                yield self._payment(paid)

    def _payment(self, paid: PaymentLine) -> Line:
        look = self._look
        method = "" if paid.method is None else look.translator.label(paid.method)
        where = [f"{look.label('component', name)} {look.money(money)}" for name, money in (paid.parts or {}).items()]
        if paid.left_over is not None:
            where.append(look.tr("More than was owed: {amount}", amount=paid.left_over))
        below = [" · ".join(where), look.say(paid.note)]
        return Line(
            title=" · ".join(part for part in (look.money(paid.amount), method, paid.reference) if part),
            when=self._day(paid.day),
            below="\n".join(part for part in below if part),
            right=look.tr(STATES[paid.state]) if paid.state in STATES else "",
            tone="muted" if paid.state == "return" else "bad_ink",
            struck=paid.state == "returned",
        )


class PeopleView(LinesView):
    empty_sentence = _L("Nobody is on record.")

    def _name(self) -> str:
        return self._look.tr("People")

    def _lines(self, case: CaseView) -> Iterator[Line]:
        around = self._desk.casefile.around(case.case_id)
        yield Line(self._look.tr("Beside the debtor, and what they may be told"), heading=True)
        for person in around.related:
            yield self._related(person)
        if not around.related:
            yield Line(self._look.tr("No related person is on record."))
        yield Line(self._look.tr("Who worked the case"), heading=True)
        for worker in around.workers:
            yield self._worker(worker)

    def _related(self, person: RelatedRow) -> Line:
        relation = self._look.translator.label(person.relation)
        below = [self._look.say(person.rights), " · ".join(person.points)]
        return Line(f"{person.name} · {relation}", below="\n".join(part for part in below if part))

    def _worker(self, worker: WorkerRow) -> Line:
        look = self._look
        span = (
            msg("since {day}", day=worker.since)
            if worker.until is None
            else msg("{since} to {until}", since=worker.since, until=worker.until)
        )
        return Line(
            title=look.say(worker.name),
            below=" · ".join(part for part in (look.say(span), worker.reason) if part),
            right=look.say(nmsg("{n} contact", "{n} contacts", worker.contacts)),
        )


class PlannedView(LinesView):
    empty_sentence = _L("Nothing is planned.")

    def _name(self) -> str:
        return self._look.tr("Planned")

    def _lines(self, case: CaseView) -> Iterator[Line]:
        for row in self._desk.casefile.around(case.case_id).planned:
            yield Line(
                title=self._look.say(row.text),
                when=self._day(row.day),
                below=self._look.say(row.note),
                right=self._look.tr("overdue") if row.overdue else "",
                tone="bad_ink",
            )
        kept = self._desk.plan_follow.standing(case.case_id)
        if kept is not None:
            yield from kept_lines(self._look, kept)


class PapersView(LinesView):
    """The letters on record; Enter shows one as it went out."""

    empty_sentence = _L("No letter is on record.")

    def __init__(self, look: Look, desk: Desk, name: str) -> None:
        super().__init__(look, desk, name)
        self._case_id = ""
        self.paper: PaperPage | None = None  # made when the first letter is opened
        self.list.opened.connect(self._open)
        self.bundle = PaperButtons(
            look, desk, (Paper(_L("Court bundle"), "court-bundle.pdf", "court_bundle", self._bundle),), self._tell
        )
        self.state = label(role="muted", wrap=True)
        self.state.hide()
        self._page_layout.insertLayout(0, across(self.bundle, self.state, spacing=12, margins=(24, 10, 24, 4)))

    def show_case(self, case: CaseView) -> None:
        if case.case_id != self._case_id:
            self._case_id = case.case_id
            self._front.setCurrentIndex(0)
            self._tell("")
        self.bundle.retranslate()
        super().show_case(case)

    def take_focus(self) -> None:
        if self.paper is not None and self._front.currentWidget() is self.paper:
            self.paper.take_focus()
        else:
            super().take_focus()

    def close_paper(self) -> bool:
        """Back to the list; False when no letter was open."""
        if self._front.currentIndex() == 0:
            return False
        if self.paper is not None and self.paper.close_form():
            return True
        self._front.setCurrentIndex(0)
        self.list.setFocus()
        return True

    def _name(self) -> str:
        return self._look.tr("Papers")

    def _lines(self, case: CaseView) -> Iterator[Line]:
        for row in self._desk.casefile.around(case.case_id).papers:
            yield Line(
                title=self._look.say(row.title),
                when=self._day(row.at.astimezone(self._look.translator.zone).date()),
                below=self._look.say(row.author),
                right=self._look.tr("Taken back") if row.set_aside else "",
                tone="bad_ink",
                struck=row.set_aside,
                opens=row.event_id,
            )

    def _bundle(self, _in_full: bool) -> Callable[[], PaperMade]:
        """Everything on record of the case, bound; in the debtor's language."""
        case_id = self._case_id
        self._tell(self._look.tr("Binding the papers …"))

        def bound() -> PaperMade:
            return PaperMade(self._desk.court_bundles.make(case_id).bound.pdf, (case_id,))

        return bound

    def _tell(self, sentence: str) -> None:
        self.state.setText(sentence)
        self.state.setVisible(bool(sentence))

    def open_letter(self, event_id: str) -> None:
        """A letter of the list, from somewhere else."""
        if any(line.opens == event_id for line in self.list.lines()):
            self._open(event_id)

    def _open(self, event_id: str) -> None:
        if self.paper is None:
            self.paper = PaperPage(self._look, self._desk, self.close_paper)
            self._front.addWidget(self.paper)
        title = next(line.title for line in self.list.lines() if line.opens == event_id)
        self._front.setCurrentWidget(self.paper)
        self.paper.show_letter(self._case_id, event_id, title)
        self.paper.take_focus()
