"""The window of a signed-in person: rail, queue, case, what one is doing, and the status bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QWidget
from shiboken6 import isValid

from ui import background, collecting
from ui.background import finish, run
from ui.call.panel import CallPanel
from ui.case.page import CasePage
from ui.desk_port import Desk
from ui.doing import Doing
from ui.knowledge.guide import Guide
from ui.look import Look
from ui.page import Page
from ui.queue.panel import QueuePanel
from ui.shell import rooms
from ui.shell.bridge import Bridge
from ui.shell.commands import commands, keys
from ui.shell.covers import Covers
from ui.shell.curtain import KEY as CURTAIN_KEY
from ui.shell.locking import Locking
from ui.shell.palette import Palette
from ui.shell.rail import Rail
from ui.shell.statusbar import StatusBar
from ui.shell.tab_bar import TabBar
from ui.shell.widths import share
from ui.widgets.basic import across, down, label, line, panel
from ui.widgets.toast import Toast
from workstation.desk.call import LongSaved
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

SEEN_MS = 2500  # a case that was open for less was only passed through
AHEAD_MS, AHEAD_AGAIN_MS = 30, 20_000  # once the frame is out; what is ready grows old with the minute


class MainWindow(QMainWindow):
    signed_out = Signal(str)  # with what to say; the desk is closed already

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.look, self.desk = look, desk
        self._case_id = self._last_saved = ""
        self._older = ""  # the case on which something saved a while ago would be taken back next
        self._tab_shown = "call"
        self._tabs_made: dict[str, Doing] = {}
        self._pages_made: dict[str, Page] = {}
        look.set_zone(desk.seat.clock.zone, desk.seat.clock.today)
        self.setWindowTitle("Collector's workstation")  # never a name or a number
        self.bridge = Bridge(self)
        desk.post = self.bridge.post
        self.queue = QueuePanel(look, desk)
        self.case = CasePage(look, desk)
        self.call = CallPanel(look, desk)
        self._build()
        self.toast = Toast(self)
        self.guide = Guide(look, self.doing, self.toast.say)
        self.call.guide.clicked.connect(lambda _=False: self.show_guide())
        self.palette_box = Palette(self, look, desk, lambda: commands(self), self.open_case)
        self.queue.chosen.connect(self.open_case)
        self.queue.told.connect(self.toast.say)
        self.queue.decide.connect(self.show_approvals)
        self.call.saved.connect(self._saved)
        self.call.abused.connect(self.covers.take_break)
        self.covers.told.connect(self.toast.say)
        self._tab("call")
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self._seen_later = QTimer(self)
        self._seen_later.setSingleShot(True)
        self._seen_later.setInterval(SEEN_MS)
        self._seen_later.timeout.connect(self._seen)
        self._ahead_later = QTimer(self)
        self._ahead_later.setSingleShot(True)
        self._ahead_later.timeout.connect(self._look_ahead)
        self.queue.moved.connect(lambda: self._ahead_later.start(AHEAD_MS))
        self.locking = Locking(
            look, desk.guard, self, " · ".join(part for part in (desk.person_name, desk.team_name) if part), desk.login
        )
        self._shortcuts()
        self.retranslate()
        self.open_next()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.locking.start()

    # ---- building ----

    def _build(self) -> None:
        self.rail = Rail(self.look, self.desk)
        self.rail.chosen.connect(self.show_page)
        self._left = queue = panel(edge="right")
        queue.setLayout(down(self.queue, spacing=0))

        self.doing = QStackedWidget()
        self.tabs = TabBar(self.look)
        self.tabs.chosen.connect(self.show_tab)
        self._right = right = panel(edge="left")
        right.setLayout(down(self.tabs, line(), self.doing, spacing=0))
        right.layout().setStretch(2, 1)  # type: ignore[union-attr]

        from ui.case.header import CaseHeader

        self.header = CaseHeader(self.look, self.desk.now)
        self.header.light.opened.connect(self._show_case)
        below = across(self.case, right, spacing=0)
        below.setStretch(0, 1)
        middle = QWidget()
        middle.setLayout(down(self.header, below, spacing=0))
        middle.layout().setStretch(1, 1)  # type: ignore[union-attr]
        self.blank = label(role="muted", wrap=True)
        self.blank.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._middle = QStackedWidget()
        self._middle.addWidget(middle)
        self._middle.addWidget(self.blank)
        cases = Page()
        row = across(queue, self._middle, spacing=0)
        row.setStretch(1, 1)
        cases.setLayout(row)

        self.pages = QStackedWidget()
        self.pages.addWidget(cases)
        self._pages_made["cases"] = cases
        self.status = StatusBar(self.look, self.desk, lambda: self.show_page("sync"), lambda: self.locking.lock("key"))
        whole = QWidget()
        whole.setObjectName("window")
        self.practice = label(role="banner", wrap=True)
        self.practice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.practice.setVisible(self.desk.practice)
        self.practised: MainWindow | None = None  # a second window, with made-up debtors
        body = across(self.rail, self.pages, spacing=0)
        body.setStretch(1, 1)
        column = down(self.practice, body, self.status, spacing=0)
        column.setStretch(1, 1)
        whole.setLayout(column)
        self.covers = Covers(
            self.look, self.desk, whole, self.call, lambda: self._case_id, lambda: len(self.queue.urgent_now)
        )
        self.covers.covering.connect(self._covering)
        self.covers.uncovered.connect(self._to_work)
        self.covers.resting.connect(self.keep_drafts)
        self.setCentralWidget(self.covers)
        self.setMinimumSize(1080, 640)
        self.resize(1440, 900)

    def _shortcuts(self) -> None:
        self._keys = {key: QShortcut(QKeySequence(key), self) for key in keys(self)}
        for key, act in keys(self).items():
            self._keys[key].activated.connect(act)
            self._keys[key].setAutoRepeat(key in {"Ctrl+J", "Ctrl+Shift+J"})  # a key held down records once
        curtain = self._keys[CURTAIN_KEY]
        curtain.setContext(Qt.ShortcutContext.ApplicationShortcut)  # also while a list or a menu is open
        curtain.activatedAmbiguously.connect(self.covers.draw_curtain)  # the practice has the same key

    # ---- showing ----

    def retranslate(self) -> None:
        tr = self.look.tr
        self.rail.retranslate()
        self.tabs.retranslate()
        self.blank.setText(tr("No case is open. Choose one from the queue, or press Ctrl K."))
        self.practice.setText(tr("Practice: made-up debtors. Nothing is recorded at the bank, nothing is sent."))
        self._share_width()
        self._show_case()

    def _share_width(self) -> None:
        width = share(self.width(), self.rail.widest(), self._tab_shown, self.look.tokens.px)
        self.rail.take_width(width.rail)
        self._left.setFixedWidth(width.queue)
        self._right.setFixedWidth(width.doing)
        self.tabs.fit(width.doing)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def show_page(self, name: str) -> None:
        page = self._page(name)
        self.pages.setCurrentWidget(page)
        self.rail.light(name)
        if name == "sync":
            page.setFocus()

    def _page(self, name: str) -> Page:
        """All but the cases are made when first looked at."""
        if name not in self._pages_made:
            made = self._tabs_made.get("plan") if name == "plan" else None  # both show the same plans
            self._pages_made[name] = (
                rooms.batch_page(self.look, self.desk, self.open_case, self.toast.say, self.queue.in_view)
                if name == "batch"
                else rooms.team_page(
                    self.look, self.desk, self.open_case, self.toast.say, self.show_approvals, self.show_indicator
                )
                if name == "team"
                else rooms.page(name, self.look, self.desk, self.open_case, self.toast.say)
                if made is None
                else rooms.plan_page(made, self.back)
            )
            self.pages.addWidget(self._pages_made[name])
        return self._pages_made[name]

    @property
    def page(self) -> Page:
        """The page in front; the cases are one."""
        front = self.pages.currentWidget()
        return next(made for made in self._pages_made.values() if made is front)

    def show_approvals(self) -> None:
        """For those who lead; nothing for others."""
        if self.desk.approvals.offered:
            self.show_page("approvals")

    def show_indicator(self, name: str) -> None:
        """The cases behind an indicator."""
        self.show_page("indicators")
        rooms.drill(self._pages_made["indicators"], name)

    def show_batch(self) -> None:
        """Letters for many cases; for those who may record."""
        if self.desk.letter_queue.offered:
            self.show_page("batch")
            self._pages_made["batch"].setFocus()

    def show_field(self, pane: str = "") -> None:
        """Days of visits, for those who go on them; `pane`: straight to the dossier or the look before leaving."""
        if self.desk.field_days.offered:
            from ui.field.page import FieldPage

            self.show_page("field")
            page = self._pages_made["field"]
            page.setFocus()
            if pane and isinstance(page, FieldPage):
                page.show_pane(pane)

    def show_team(self) -> None:
        """For those who lead; nothing for others."""
        if self.desk.caseload.offered:
            self.show_page("team")

    def share_out_in_view(self) -> None:
        """The cases of the queue as it is filtered, to be given to others."""
        chosen = self.queue.in_view()
        self.show_page("team")
        rooms.share_out(self._pages_made["team"], chosen)

    def show_conduct(self) -> None:
        """For those who lead; nothing for others."""
        if self.desk.conduct.offered:
            self.show_page("conduct")

    def show_strategy(self) -> None:
        """For those who lead; nothing for others."""
        if self.desk.strategies.offered:
            self.show_page("strategy")

    def _covering(self, key: str) -> None:
        """Something covers the window and `key` alone works; empty: all is shown again."""
        self.palette_box.hide()
        self.toast.keep_back(bool(key))
        for known, shortcut in self._keys.items():
            shortcut.setEnabled(key in {"", known})

    def _to_work(self) -> None:
        (self.doing.currentWidget() or self.call).setFocus()

    def begin_practice(self) -> None:
        """A second window over made-up debtors; this one stays as it is. Asked again, the same one comes forward."""
        from workstation.practice import PracticeDesk

        if self.desk.practice:
            return
        if self.practised is None or not isValid(self.practised) or not self.practised.isVisible():
            self.practised = MainWindow(self.look, PracticeDesk(self.desk.person_name, self.desk.seat.clock))
        self.practised.show()
        self.practised.activateWindow()

    def show_view(self, name: str) -> None:
        """The history of the case, or one of the views beside it."""
        self.show_page("cases")
        if self._case_id:
            self.case.show_view(name)

    def find_in_history(self) -> None:
        self.show_view("history")
        self.case.timeline.look_for()

    def open_letter(self) -> None:
        """The letter chosen in the history, or the newest, as it went out."""
        self.show_page("cases")
        if self._case_id and not self.case.open_letter():
            self.toast.say(self.look.tr("No letter is on record."))

    def explain_figure(self) -> None:
        """The calculation of what is owed in all; Left and Right go on to the others."""
        self.show_page("cases")
        self.header.explain()

    def show_article(self, article: str = "") -> None:
        """The knowledge page, at this article or where it was left."""
        from ui.knowledge.page import KnowledgePage

        self.show_page("knowledge")
        page = self._pages_made["knowledge"]
        if isinstance(page, KnowledgePage):
            if article:
                page.open(article)
            page.entry.setFocus()

    def show_guide(self, article: str = "") -> None:
        """Articles, phrases and an example for this case at the right, the case in view; the same key goes back."""
        self.show_page("cases")
        if article or not self.guide.leave():
            self.guide.open(self.call.outcome, self.call.guide.articles, article)

    def help(self) -> None:
        """A word on the field that has the focus; without one the article for the outcome chosen."""
        from ui.knowledge.help import show_at_focus
        from workstation.domain.knowledge import beside

        if not show_at_focus(self.look):
            first = next(iter(beside(self.call.outcome, (), self.look.language)), None)
            self.show_article("" if first is None else first.id)

    def synchronise(self) -> None:
        """The key of the synchronisation page shows it; on the page it starts one."""
        if self.pages.currentWidget() is self._pages_made.get("sync"):
            self.desk.sync.sync_now()
        else:
            self.show_page("sync")

    def show_tab(self, name: str) -> None:
        """Plan, letter and facts are made when first looked at, so that the first window comes quickly."""
        self.show_page("cases")
        tab = self._tab(name)
        self.doing.setCurrentWidget(tab)
        self._tab_shown = name
        self._share_width()
        self.tabs.light(name)
        if self.case.case is not None and self._case_id:
            try:
                tab.show_case(self.case.case)
            except WorkstationError:  # it left the desk a moment ago
                self._show_case()
        tab.setFocus()

    def _tab(self, name: str) -> Doing:
        if name not in self._tabs_made:
            made = (
                self.call
                if name == "call"
                else rooms.panel(name, self.look, self.desk, self.show_plan_page, self.show_letter, self.doing)
            )
            made.done.connect(self._recorded)
            made.failed.connect(self.toast.say)
            self._tabs_made[name] = made
            self.doing.addWidget(made)
        return self._tabs_made[name]

    def show_letter(self, template: str) -> None:
        """The letter panel with this letter in it."""
        from ui.letter.panel import LetterPanel

        self.show_tab("letter")
        if isinstance(self.current, LetterPanel):
            self.current.choose(template)

    def ask_approval(self) -> None:
        """The form beside the facts that asks a lead."""
        from ui.facts.panel import FactsPanel

        self.show_tab("facts")
        if isinstance(self.current, FactsPanel):
            self.current.ask_approval()

    def show_plan_page(self) -> None:
        """The plan of the case with the whole page for it; the same key goes back to the call."""
        if self.pages.currentWidget() is self._pages_made.get("plan"):
            self.show_tab("plan")
        elif self._case_id:
            self.show_tab("plan")
            self.show_page("plan")
            self._pages_made["plan"].setFocus()

    @property
    def current(self) -> Doing:
        """The panel in front at the right, also while the guide lies over it."""
        front = self.guide.behind or self.doing.currentWidget()
        return next((made for made in self._tabs_made.values() if made is front), self.call)

    def open_case(self, case_id: str) -> None:
        self.show_page("cases")
        self.guide.leave()
        self._case_id = case_id
        self._show_case()
        self.queue.show_current(case_id)
        self._seen_later.start()
        self._ahead_later.start(AHEAD_MS)
        if self.current is self.call and not self.covers.covered:  # keys never reach what is covered
            self.call.setFocus()

    def _look_ahead(self) -> None:
        """Make ready, in the pool, the cases that the next key may open."""
        if self.isVisible():
            likely = self.queue.likely()
            run(self, lambda: self.desk.casefile.prepare(likely), lambda _: None, self._failed)
            self._ahead_later.start(AHEAD_AGAIN_MS)

    def _failed(self, error: WorkstationError) -> None:
        self.toast.say(self.look.say(error.message))

    def in_queue(self, act: Callable[[], object]) -> None:
        """Do something that the queue shows."""
        self.show_page("cases")
        act()

    def _seen(self) -> None:
        """The case was before the person for a while: what is new next time is new since now."""
        if not self._case_id or not self.isVisible():
            return
        try:
            self.desk.casefile.looked(self._case_id)
        except WorkstationError as error:  # it left the desk meanwhile
            self.toast.say(self.look.say(error.message))

    def open_next(self) -> None:
        """The best next case, in the order of now."""
        self.queue.take_order()
        following = self.desk.worklist.next_after(self._case_id or None)
        if following is not None:
            self.open_case(following)
        else:
            self._show_case()

    def _show_case(self) -> None:
        if not self._case_id:
            self._no_case()
            return
        try:
            case = self.desk.casefile.open(self._case_id)
        except WorkstationError as error:
            self._case_id = ""
            self._no_case()
            self.toast.say(self.look.say(error.message))
            return
        self._middle.setCurrentIndex(0)
        self.header.show_case(case)
        self.case.show_case(case)
        self.call.show_case(case)
        if self.current is not self.call:
            self.current.show_case(case)

    def _no_case(self) -> None:
        self._middle.setCurrentWidget(self.blank)
        if self.pages.currentWidget() is self._pages_made.get("plan"):
            self.show_page("cases")

    def _changed(self, changes: Changes) -> None:
        """Something was saved here or came from the centre: repaint what it touches."""
        if changes.kinds == {"sync"}:
            self.status.show_sync()  # told often while one runs
        else:
            self.status.refresh()
        if "coaching" in changes.kinds and self.desk.coaching.unread():
            self.toast.say(self.look.tr("Your lead left a note on a contact of yours: Shift F6."))
        if not changes.case_ids and not changes.everything:
            return
        self.queue.refresh()
        self._ahead_later.start(AHEAD_MS)
        if self._case_id and changes.touches(self._case_id):
            self._show_case()
        elif not self._case_id:
            self.open_next()

    # ---- doing ----

    def undo(self) -> None:
        """Take back what was saved last: a correction is added, nothing is deleted. What is older when asked twice.

        A page with changes of its own takes back those.
        """
        if self.page.take_back():
            return
        case_id = self._last_saved or self._case_id
        if case_id:
            self._take_back(case_id, older=self._older == case_id and self.toast.offered == self._undo_older)

    def _undo_older(self) -> None:
        self._take_back(self._older, older=True)

    def _take_back(self, case_id: str, *, older: bool) -> None:
        self._older = ""
        try:
            changes = self.desk.call.undo(case_id, older=older)
        except LongSaved as error:
            self._older = case_id
            self.toast.say(self.look.say(error.message), self.look.tr("Take it back  Ctrl Z"), self._undo_older)
            return
        except WorkstationError as error:
            self.toast.say(self.look.say(error.message))
            return
        self.desk.announce(changes)
        self.open_case(case_id)
        self.toast.say(self.look.tr("Taken back. The history shows both."))

    def _saved(self, changes: Changes) -> None:
        """The case is done with: the next one is shown at once, without painting this one's new record first."""
        done = self._last_saved = self._case_id
        self._case_id = ""
        self.toast.say(self.look.tr("Saved."), self.look.tr("Undo  Ctrl Z"), self.undo)
        self.desk.announce(changes)  # no case is open: the best next one opens
        self.desk.sync.sync_now()
        if not self._case_id:
            self.open_case(done)

    def _recorded(self, sentence: str) -> None:
        self._last_saved = self._case_id
        self.toast.say(sentence, self.look.tr("Undo  Ctrl Z"), self.undo)
        self.desk.sync.sync_now()

    def keep_drafts(self) -> None:
        for tab in self._tabs_made.values():
            tab.keep_draft()

    def dial(self) -> None:
        self.show_tab("call")
        self.call.begin()

    def save(self) -> None:
        """Record what the panel holds; not from another page, where nobody sees what would be recorded.

        A page with something of its own to carry out does that.
        """
        if self.pages.currentWidget() is self._pages_made.get("plan"):
            self._tab("plan").save()
        elif self.pages.currentIndex() != 0:
            self.page.commit()
        elif not self.guide.leave():
            self.current.save()

    def back(self) -> None:
        """One step back: palette, then tab, then focus. Never discards."""
        if self.palette_box.isVisible():
            self.palette_box.hide()
        elif self.pages.currentIndex() != 0:
            if not self.page.step_back():
                self.show_page("cases")
        elif self.guide.leave() or self.case.close_paper() or self.current.step_back():
            return
        elif self.queue.back() or self.case.leave_view():
            self.call.setFocus()
        elif self.current is not self.call:
            self.show_tab("call")
        else:
            self.call.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.locking.locked:
            self.keep_drafts()
        self.locking.close()
        background.hold(False)  # whoever waits for an answer behind the lock is gone with the window
        if self.practised is not None and isValid(self.practised):
            self.practised.close()
        if self.desk.practice:
            self.deleteLater()  # its store is gone with it; another language must ask it for nothing
        for timer in self.findChildren(QTimer):
            timer.stop()  # nothing is asked of a store that is closed
        finish()
        self.desk.close()
        collecting.thaw()
        super().closeEvent(event)
