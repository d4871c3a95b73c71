"""The window of a signed-in person: rail, queue, case, what one is doing, and the status bar."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QMainWindow,
    QStackedWidget,
    QToolButton,
    QToolTip,
    QWidget,
)
from shiboken6 import isValid

from ui.background import finish, run
from ui.call.panel import CallPanel
from ui.case.page import CasePage
from ui.desk_port import Desk
from ui.doing import Doing
from ui.knowledge.guide import Guide
from ui.look import _L, Look
from ui.queue.panel import QueuePanel
from ui.shell import rooms
from ui.shell.break_screen import KEY as BREAK_KEY
from ui.shell.break_screen import BreakScreen
from ui.shell.bridge import Bridge
from ui.shell.commands import TABS, commands, keys
from ui.shell.curtain import KEY as CURTAIN_KEY
from ui.shell.curtain import Curtain
from ui.shell.palette import Palette
from ui.shell.statusbar import StatusBar
from ui.widgets.basic import across, down, label, line, panel
from ui.widgets.keyed import TabButton
from ui.widgets.toast import Toast
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError

PAGES = (
    ("cases", _L("Cases")), ("agenda", _L("Week")), ("conduct", _L("Conduct")), ("strategy", _L("Strategy")),
    ("sync", _L("Sync")), ("settings", _L("Settings")),
)  # fmt: skip
RAIL, QUEUE, LEAST_CASE, TAB_GAP = 56, 312, 400, 8  # widths in pixels at 100 %
SEEN_MS = 2500  # a case that was open for less was only passed through
AHEAD_MS, AHEAD_AGAIN_MS = 30, 20_000  # once the frame is out; what is ready grows old with the minute
MOST_QUEUE, MOST_DOING = 24, 36  # percent of the window
# Of the panel at the right, by what one is doing.
DOING = {"call": 412, "plan": 660, "letter": 560, "facts": 412, "message": 412}


class MainWindow(QMainWindow):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.look, self.desk = look, desk
        self._case_id = self._last_saved = ""
        self._tab_shown = "call"
        self._tabs_made: dict[str, Doing] = {}
        self._pages_made: dict[str, QWidget] = {}
        look.set_zone(desk.seat.clock.zone, desk.today)
        self.setWindowTitle("Collector's workstation")  # never a name or a number
        self._bridge = Bridge(self)
        desk.post = self._bridge.post
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
        self.call.saved.connect(self._saved)
        self.call.abused.connect(self.take_break)
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
        self._shortcuts()
        self.retranslate()
        self.open_next()

    # ---- building ----

    def _build(self) -> None:
        self._rail_buttons = {name: QToolButton() for name, _ in PAGES}
        self._rail = rail = panel("rail", "right", "rail")
        self._rail_group = group = QButtonGroup(self)
        for name, made in self._rail_buttons.items():
            made.setProperty("role", "rail")
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, to=name: self.show_page(to))
            group.addButton(made)
        self._rail_buttons["conduct"].setVisible(self.desk.conduct.offered)
        self._rail_buttons["strategy"].setVisible(self.desk.strategies.offered)
        *upper, sync, settings = self._rail_buttons.values()
        rail.setLayout(down(*upper, None, sync, settings, margins=(6, 12, 6, 12)))
        self._left = queue = panel(edge="right")
        queue.setLayout(down(self.queue, spacing=0))

        self.doing = QStackedWidget()
        self._tabs = QButtonGroup(self)
        tabs = []
        for place, (name, _, _) in enumerate(TABS):
            tab = TabButton(TABS[place][2])
            tab.setObjectName(f"tab_{name}")
            tab.setChecked(place == 0)
            self._tabs.addButton(tab, place)
            tabs.append(tab)
        self._tabs.idClicked.connect(lambda place: self.show_tab(TABS[place][0]))
        self._right = right = panel(edge="left")
        right.setLayout(
            down(across(*tabs, None, spacing=TAB_GAP, margins=(14, 4, 8, 0)), line(), self.doing, spacing=0)
        )
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
        cases = QWidget()
        row = across(queue, self._middle, spacing=0)
        row.setStretch(1, 1)
        cases.setLayout(row)

        self.pages = QStackedWidget()
        self.pages.addWidget(cases)
        self._pages_made["cases"] = cases
        self.status = StatusBar(self.look, self.desk, lambda: self.show_page("sync"))
        whole = QWidget()
        whole.setObjectName("window")
        self.practice = label(role="banner", wrap=True)
        self.practice.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.practice.setVisible(self.desk.practice)
        self.practised: MainWindow | None = None  # a second window, with made-up debtors
        body = across(rail, self.pages, spacing=0)
        body.setStretch(1, 1)
        column = down(self.practice, body, self.status, spacing=0)
        column.setStretch(1, 1)
        whole.setLayout(column)
        self._behind = ""  # the case that was open when the curtain was drawn
        self._behind_break = False  # was it drawn when the break began?
        self.curtain = Curtain(self.look, self._record_behind, self.draw_curtain)
        self._front = QStackedWidget()
        self._front.addWidget(whole)
        self._front.addWidget(self.curtain)
        self.rest = BreakScreen(self.look, self.desk, self.take_break, lambda: len(self.queue.urgent_now))
        self._front.addWidget(self.rest)
        self.setCentralWidget(self._front)
        self._rail_buttons["cases"].setChecked(True)
        self.setMinimumSize(1080, 640)
        self.resize(1440, 900)

    def _shortcuts(self) -> None:
        self._keys = {key: QShortcut(QKeySequence(key), self) for key in keys(self)}
        for key, act in keys(self).items():
            self._keys[key].activated.connect(act)
            self._keys[key].setAutoRepeat(key in {"Ctrl+J", "Ctrl+Shift+J"})  # a key held down records once
        curtain = self._keys[CURTAIN_KEY]
        curtain.setContext(Qt.ShortcutContext.ApplicationShortcut)  # also while a list or a menu is open
        curtain.activatedAmbiguously.connect(self.draw_curtain)  # the practice has the same key

    # ---- showing ----

    def retranslate(self) -> None:
        tr = self.look.tr
        for name, text in PAGES:
            self._rail_buttons[name].setText(tr(text))
            self._rail_buttons[name].setAccessibleName(tr(text))
        for place, (_, text, _key) in enumerate(TABS):
            self._tabs.button(place).setText(tr(text))
        self.blank.setText(tr("No case is open. Choose one from the queue, or press Ctrl K."))
        self.practice.setText(tr("Practice: made-up debtors. Nothing is recorded at the bank, nothing is sent."))
        self._share_width()
        self._show_case()

    def _share_width(self) -> None:
        """Side panels grow with the text, as far as the window leaves room for the case between them."""
        px, whole = self.look.tokens.px, self.width()
        texts = [made.fontMetrics().horizontalAdvance(made.text()) for made in self._rail_buttons.values()]
        rail = max(px(RAIL), max(texts) + 34)
        self._rail.setFixedWidth(rail)
        for made in self._rail_buttons.values():
            made.setFixedWidth(rail - 14)
        queue = min(px(QUEUE), max(MOST_QUEUE * whole // 100, 264))
        self._left.setFixedWidth(queue)
        least = min(px(DOING["call"]), max(MOST_DOING * whole // 100, 384))
        doing = max(least, min(px(DOING[self._tab_shown]), whole - rail - queue - px(LEAST_CASE)))
        self._right.setFixedWidth(doing)
        tabs = [tab for tab in self._tabs.buttons() if isinstance(tab, TabButton)]
        room = doing - 24 - TAB_GAP * len(tabs)
        with_keys = sum(tab.width_with_key() for tab in tabs) <= room
        for tab in tabs:
            tab.show_key(with_keys)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()

    def show_page(self, name: str) -> None:
        page = self._page(name)
        self.pages.setCurrentWidget(page)
        self._rail_group.setExclusive(name in self._rail_buttons)  # a page that is not on the rail lights none of it
        for key, made in self._rail_buttons.items():
            made.setChecked(key == name)
        if name == "sync":
            page.setFocus()

    def _page(self, name: str) -> QWidget:
        """All but the cases are made when first looked at."""
        if name not in self._pages_made:
            made = self._tabs_made.get("plan") if name == "plan" else None  # both show the same plans
            self._pages_made[name] = (
                rooms.page(name, self.look, self.desk, self.open_case, self.toast.say)
                if made is None
                else rooms.plan_page(made, self.back)
            )
            self.pages.addWidget(self._pages_made[name])
        return self._pages_made[name]

    def show_conduct(self) -> None:
        """For those who lead; nothing for others."""
        if self.desk.conduct.offered:
            self.show_page("conduct")

    def show_strategy(self) -> None:
        """For those who lead; nothing for others."""
        if self.desk.strategies.offered:
            self.show_page("strategy")

    @property
    def curtained(self) -> bool:
        return self._front.currentWidget() is self.curtain

    def draw_curtain(self) -> None:
        """Hide everything about any case in every window, or show it again. No other key works meanwhile."""
        every = [made for made in QApplication.topLevelWidgets() if isinstance(made, MainWindow) and made.isVisible()]
        drawn = not any(window.curtained for window in every)
        for window in every:
            if not window.desk.breaks.running:  # all is hidden there
                window.hide_cases(drawn)

    def hide_cases(self, drawn: bool) -> None:
        self._cover(self.curtain if drawn else None, CURTAIN_KEY)
        if drawn:
            self._behind = self._case_id
            self.curtain.draw(case_open=bool(self._case_id))

    def _record_behind(self, outcome: str) -> bool:
        """Only on the case that was seen last: a synchronisation may have brought another one, unseen."""
        return self._case_id == self._behind and self.call.record_outcome(outcome)

    def take_break(self) -> None:
        """Begin a break, or go on with the work: nothing of any case is shown meanwhile, nothing typed is lost."""
        if self.desk.breaks.running:
            self.rest.end()
            self.call.pause(round(self.desk.breaks.end().total_seconds()))
            self._cover(None, BREAK_KEY)
            if self._behind_break:
                self.hide_cases(True)
        elif self.call.timer.part in {"ring", "talk"}:
            self.toast.say(self.look.tr("A call is running. End it first (Ctrl D), then take the break."))
        else:
            for tab in self._tabs_made.values():
                tab.keep_draft()
            self.desk.breaks.begin()
            self._behind_break = self.curtained  # whoever looked over the shoulder may still be there afterwards
            self._cover(self.rest, BREAK_KEY)
            self.rest.begin()

    def _cover(self, cover: QWidget | None, key: str) -> None:
        """Put `cover` before everything, so that `key` alone works; None shows everything again."""
        self.palette_box.hide()
        self.toast.keep_back(cover is not None)
        QToolTip.hideText()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        if cover is None:
            self._front.setCurrentIndex(0)
        else:
            self._front.setCurrentWidget(cover)
        for known, shortcut in self._keys.items():
            shortcut.setEnabled(known == key or cover is None)
        if cover is None:
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
        self._tabs.button([known for known, _, _ in TABS].index(name)).setChecked(True)
        if self.case.case is not None and self._case_id:
            try:
                tab.show_case(self.case.case)
            except WorkstationError:  # it left the desk a moment ago
                self._show_case()
        tab.setFocus()

    def _tab(self, name: str) -> Doing:
        if name not in self._tabs_made:
            made = self.call if name == "call" else rooms.panel(name, self.look, self.desk, self.show_plan_page)
            made.done.connect(self._recorded)
            made.failed.connect(self.toast.say)
            self._tabs_made[name] = made
            self.doing.addWidget(made)
        return self._tabs_made[name]

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
        if self.current is self.call and self._front.currentIndex() == 0:  # keys never reach what is covered
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
        """Take back what was saved last: a correction is added, nothing is deleted."""
        case_id = self._last_saved or self._case_id
        if not case_id:
            return
        try:
            changes = self.desk.call.undo(case_id)
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

    def dial(self) -> None:
        self.show_tab("call")
        self.call.begin()

    def save(self) -> None:
        """Record what the panel holds; not from another page, where nobody sees what would be recorded."""
        if self.pages.currentWidget() is self._pages_made.get("plan"):
            self._tab("plan").save()
        elif self.pages.currentIndex() == 0 and not self.guide.leave():
            self.current.save()

    def back(self) -> None:
        """One step back: palette, then tab, then focus. Never discards."""
        if self.palette_box.isVisible():
            self.palette_box.hide()
        elif self.pages.currentIndex() != 0:
            self.show_page("cases")
        elif self.guide.leave() or self.case.close_paper():
            return
        elif self.queue.back() or self.case.leave_view():
            self.call.setFocus()
        elif self.current is not self.call:
            self.show_tab("call")
        else:
            self.call.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:
        for tab in self._tabs_made.values():
            tab.keep_draft()
        if self.practised is not None and isValid(self.practised):
            self.practised.close()
        if self.desk.practice:
            self.deleteLater()  # its store is gone with it; another language must ask it for nothing
        for timer in self.findChildren(QTimer):
            timer.stop()  # nothing is asked of a store that is closed
        finish()
        self.desk.close()
        super().closeEvent(event)
