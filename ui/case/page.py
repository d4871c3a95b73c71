"""One case in the middle: its history, and beside it its accounts, payments, people, papers and what is planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QStackedWidget, QWidget

from ui.case.timeline import Timeline
from ui.case.visit_photos import VisitPhotosLine
from ui.case.written import WrittenLine
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.strategy.words import reason, spoken
from ui.widgets.basic import across, as_written, button, down, label, panel, set_property
from ui.widgets.flow import FlowLayout
from ui.widgets.keyed import TabButton
from workstation.desk.history_views import Fact
from workstation.desk.views import CaseView, TreatmentView
from workstation.domain.errors import WorkstationError

if TYPE_CHECKING:
    from ui.case.accounts_view import AccountsView
    from ui.case.line_views import LinesView

# The views of a case with their keys.
VIEWS = (
    ("history", _L("History"), "Ctrl+1"),
    ("accounts", _L("Accounts"), "Ctrl+2"),
    ("payments", _L("Payments"), "Ctrl+3"),
    ("people", _L("People"), "Ctrl+4"),
    ("papers", _L("Papers"), "Ctrl+5"),
    ("planned", _L("Planned"), "Ctrl+6"),
)
TAB_GAP, TIGHT_GAP = 14, 7


class CasePage(QWidget):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self.case: CaseView | None = None
        self.timeline = Timeline(look, desk.today(), self._facts)
        self._made: dict[str, AccountsView | LinesView] = {}  # all but the history are made when first looked at
        self._view = "history"
        self._front = QStackedWidget()
        self._front.addWidget(self.timeline)
        self.timeline.list.doubleClicked.connect(lambda _index: self._open_if_letter())
        self.written = WrittenLine(look, desk)
        self.photos = VisitPhotosLine(look, desk)
        self.timeline.list.selectionModel().currentChanged.connect(self._offer_written)
        self.next = label(role="muted", wrap=True)
        foot = panel(edge="top")
        self.next.setObjectName("next_action")
        self.treatment = label(role="muted", wrap=True)
        self.treatment.setObjectName("treatment")
        foot.setLayout(down(self.next, self.treatment, spacing=4, margins=(24, 8, 24, 8)))
        self.late = label(role="strong", wrap=True)
        self.seen = button(role="link", clicked=self._seen)
        self.notice = panel(edge="bottom")
        self.notice.setObjectName("late_notice")
        row = across(self.late, self.seen, spacing=16, margins=(24, 8, 24, 8))
        row.setStretch(0, 1)
        self.notice.setLayout(row)
        self.since = label(role="small", wrap=True)
        self.since.setObjectName("since_last_look")
        self.since.setContentsMargins(24, 8, 24, 0)
        body = panel("sunken")
        below = down(self.photos, self.written, foot, spacing=0)
        body.setLayout(down(self.notice, self.since, self._make_tabs(), self._front, below, spacing=0))
        body.layout().setStretch(3, 1)  # type: ignore[union-attr]
        self.setLayout(down(body, spacing=0))
        look.changed.connect(self._repaint)
        self._name_tabs()

    def _offer_written(self) -> None:
        """What was written in the entry at hand can be had in full where something in it is masked."""
        entry = self.timeline.list.current if self._view == "history" else None
        case_id = None if self.case is None else self.case.case_id
        self.written.show_entry(case_id, entry)
        self.photos.show_entry(case_id, entry)

    def _make_tabs(self) -> QWidget:
        self._tabs, self._tight = QButtonGroup(self), False
        tabs, flow = QWidget(), FlowLayout(spacing=TAB_GAP, lines=0)
        for place, (name, _, key) in enumerate(VIEWS):
            tab = TabButton(key.replace("+", " "))
            tab.setObjectName(f"view_{name}")
            tab.setChecked(place == 0)
            tab.show_key(False)
            self._tabs.addButton(tab, place)
            flow.addWidget(tab)
        tabs.setLayout(flow)
        self._tabs.idClicked.connect(lambda place: self.show_view(VIEWS[place][0]))
        self._keys = label("Ctrl 1 … 6", "key")
        row = panel(edge="bottom")
        row.setProperty("role", "sunken")
        self._tab_row, self._tab_flow = across(tabs, self._keys, spacing=12, margins=(24, 0, 24, 0)), flow
        self._tab_row.setStretch(0, 1)
        self._tab_row.setAlignment(self._keys, Qt.AlignmentFlag.AlignVCenter)
        row.setLayout(self._tab_row)
        return row

    def _name_tabs(self) -> None:
        for place, (_, text, _) in enumerate(VIEWS):
            self._tabs.button(place).setText(self._look.tr(text))
        self._share_width()

    def _share_width(self) -> None:
        """The keys give way to the words, and where even they have no room they stand closer."""
        fonts = self._tabs.button(0).fontMetrics()
        words = sum(fonts.horizontalAdvance(tab.text()) + 6 + TAB_GAP for tab in self._tabs.buttons())
        tight = self.width() < words + 48
        self._keys.setVisible(words + self._keys.sizeHint().width() + 60 <= self.width())
        if tight == self._tight:
            return
        self._tight = tight
        self._tab_flow.setSpacing(TIGHT_GAP if tight else TAB_GAP)
        edge = 12 if tight else 24
        self._tab_row.setContentsMargins(edge, 0, edge, 0)
        for tab in self._tabs.buttons():
            set_property(tab, "tight", tight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    @property
    def view(self) -> str:
        """Which view of the case is in front."""
        return self._view

    def show_view(self, name: str) -> None:
        """Bring a view to the front, and the keyboard into it."""
        self._choose(name)
        if name == "history":
            self.timeline.list.take_focus()
        else:
            self._made[name].take_focus()

    def leave_view(self) -> bool:
        """One step back: out of the search, or to the history; False when there is nowhere to go back to."""
        if self.timeline.leave_search():
            return True
        if self._view == "history":
            return False
        self._choose("history")
        return True

    def open_letter(self) -> bool:
        """The letter that the keyboard is on in the history, else the newest, as it went out; False without one."""
        from ui.case.line_views import PapersView

        entry = self.timeline.list.current if self._view == "history" else None
        letters = [] if self.case is None else self._desk.casefile.around(self.case.case_id).papers
        wanted = next((row.event_id for row in letters if entry is not None and row.event_id == entry.id), "")
        if not letters:
            return False
        self.show_view("papers")
        papers = self._made["papers"]
        if isinstance(papers, PapersView):
            papers.open_letter(wanted or letters[0].event_id)
        return True

    def close_paper(self) -> bool:
        """Out of an opened letter into the list of papers; False when none is open."""
        from ui.case.line_views import PapersView

        papers = self._made.get("papers") if self._view == "papers" else None
        return isinstance(papers, PapersView) and papers.close_paper()

    def _open_if_letter(self) -> None:
        entry = self.timeline.list.current
        if entry is not None and entry.group == "letter":
            self.open_letter()

    def _choose(self, name: str) -> None:
        self._view = name
        self._offer_written()
        self._tabs.button([known for known, _, _ in VIEWS].index(name)).setChecked(True)
        if name == "history":
            self._front.setCurrentWidget(self.timeline)
            return
        if name not in self._made:
            self._made[name] = self._make(name)
            self._front.addWidget(self._made[name])
        self._front.setCurrentWidget(self._made[name])
        self._fill()

    def _make(self, name: str) -> AccountsView | LinesView:
        if name == "accounts":
            from ui.case.accounts_view import AccountsView

            return AccountsView(self._look, self._desk)
        from ui.case import line_views

        made: dict[str, type[LinesView]] = {
            "payments": line_views.PaymentsView,
            "people": line_views.PeopleView,
            "papers": line_views.PapersView,
            "planned": line_views.PlannedView,
        }
        return made[name](self._look, self._desk, f"case_{name}")

    def _fill(self) -> None:
        """The view in front, of the case as it is now; the others when they are shown."""
        if self.case is None or self._view == "history":
            return
        try:
            self._made[self._view].show_case(self.case)
        except WorkstationError:  # the case left the desk a moment ago; the window is about to say so
            self._choose("history")

    def show_case(self, case: CaseView) -> None:
        if self.case is not None and self.case.case_id != case.case_id and self._view != "history":
            self._choose("history")  # a case begins with its history
        self.case = case
        self._fill()
        self.timeline.painter.today = self._desk.today()
        self.timeline.show_entries(case.case_id, case.timeline, len(case.accounts))
        self.next.setText(self._look.say(case.next_action))
        set_property(self.next, "role", "muted")
        self._show_treatment(case.treatment)
        self.since.setText(" · ".join(self._look.say(part) for part in case.since))
        self.since.setVisible(bool(case.since))
        self.notice.setVisible(case.flagged is not None)
        if case.flagged is not None:
            self.late.setText("⚑ " + self._look.say(case.flagged))
            self.seen.setText(self._look.tr("Seen"))
            self.seen.setToolTip(self._look.tr("Take the marks off these records"))

    def _show_treatment(self, treatment: TreatmentView) -> None:
        """What the strategy says; which of its conditions held is the tooltip."""
        look = self._look
        text = look.tr("Treatment: {what}. {why}", what=spoken(look, treatment), why=reason(look, treatment))
        told = [look.tr("Rule {rule}", rule=treatment.rule), *map(look.say, treatment.held)]
        if treatment.fault is not None:
            text += " ⚑ " + look.tr("The house's own strategy has a fault; this is the shipped one's.")
            told.append(look.say(treatment.fault))
        self.treatment.setText(text)
        self.treatment.setToolTip(as_written("\n".join(told)))
        self.treatment.setAccessibleDescription("\n".join(told))  # what a tooltip says to a hand, to an ear

    def _facts(self, entry_id: str) -> tuple[Fact, ...]:
        try:
            return () if self.case is None else self._desk.casefile.facts(self.case.case_id, entry_id)
        except WorkstationError:
            return ()  # the case left the desk a moment ago; the window is about to say so

    def _seen(self) -> None:
        if self.case is not None:
            self._desk.announce(self._desk.casefile.seen(self.case.case_id))

    def _repaint(self) -> None:
        self.timeline.retranslate()
        self._name_tabs()
        if self.case is not None:
            self.show_case(self.case)
