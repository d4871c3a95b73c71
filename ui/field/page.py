"""The page for days of visits: who might be visited, the map, the stops with their times, and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from ui.desk_port import Desk
from ui.field import shown
from ui.field.filters import KEY as FILTERS_KEY
from ui.field.filters import Filters
from ui.field.lists import LineList, StopList
from ui.field.map import DayMap
from ui.field.panes import Panes
from ui.field.placing import Placing
from ui.field.setup import Setup
from ui.field.stop_fields import StopFields
from ui.field.work import FieldWork
from ui.knowledge.help import describe
from ui.look import Look
from ui.page import Page
from ui.widgets.basic import across, button, down, label, panel, with_key
from ui.widgets.flow import FlowLayout
from workstation.desk.field_draft import Spot, without
from workstation.domain.changes import Changes
from workstation.domain.field_day import PlannedDay
from workstation.domain.route import Place

ROUTE_KEY, FILL_KEY, SETUP_KEY, PLACE_KEY = "Ctrl+Shift+R", "Ctrl+Shift+D", "Ctrl+T", "Ctrl+M"
BEFORE, AFTER, NOW = "Ctrl+Left", "Ctrl+Right", "Ctrl+Home"
SIDE, MOST_SIDE = 330, 30  # pixels at 100 % of the columns beside the map, and percent of the page at most
LEFT_LINES = 3


class FieldPage(Page):
    """`open_case` is called with a case's id, `tell` with a sentence. `planned_changed`: read `planned`.

    `tools` takes the buttons of what is done with a planned day.
    """

    planned_changed = Signal()

    def __init__(self, look: Look, desk: Desk, open_case: Callable[[str], None], tell: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("field_page")
        self._look, self._desk, self._open_case, self._tell = look, desk, open_case, tell
        self.work = FieldWork(look, desk)
        self.work.told.connect(tell)
        self.work.shown.connect(self._show)
        self.title, self.span = label(role="title"), label(role="muted")
        self.summary, self.warned = label(role="strong", wrap=True), label(role="error", wrap=True)
        self.summary.setObjectName("field_summary")
        self.warned.setObjectName("field_warned")
        self.before, self.now, self.after = (
            button(role="chip", clicked=act)
            for act in (lambda: self.turn(-1), self.turn_to_today, lambda: self.turn(1))
        )
        self.filters = Filters(look)
        self.filters.changed.connect(self._filter)
        self.candidates = LineList(look, "field_candidates")
        self.none = label(role="muted", wrap=True)
        self.none.setObjectName("field_none")
        self.map = DayMap(look)
        self.stops, self.left = StopList(look, "field_stops"), LineList(look, "field_left")
        self.setup, self.stop_fields = Setup(look), StopFields(look, self.work)
        self.placing = Placing(look, self.work, self.map, self._ends)
        self.route = button(role="primary", clicked=self.work.reorder)
        self.route.setObjectName("field_route")
        self.fill = button(clicked=self.work.fill)
        self.fill.setObjectName("field_fill")
        self.unfold = button(role="chip", clicked=self.fold_setup)
        self.unfold.setObjectName("field_unfold")
        self.unfold.setCheckable(True)
        self.off = button(role="chip", clicked=self._take_off)
        self.off.setObjectName("field_off")
        self.case = button(role="chip", clicked=lambda: self.current and self._open_case(self.current))
        self.case.setObjectName("field_case")
        self.left_title = label(role="caption")
        self.tools = FlowLayout(spacing=8)
        self._build()
        self._wire()
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    # ---- building ----

    def _build(self) -> None:
        head = across(self.title, self.span, None, self.before, self.now, self.after, spacing=10)
        self._left_side, self._right_side = panel(edge="right"), panel(edge="left")
        self.filters.setContentsMargins(0, 0, 12, 0)
        left = down(self.filters, self.none, self.candidates, spacing=8, margins=(12, 10, 0, 0))
        left.setStretch(2, 1)
        self._left_side.setLayout(left)
        middle = QWidget()
        self.placing.setContentsMargins(12, 0, 12, 0)
        column = down(self.map, self.placing, spacing=6)
        column.setStretch(0, 1)
        middle.setLayout(column)
        doing, flow = QWidget(), FlowLayout(spacing=8)
        for each in (self.route, self.fill, self.unfold, self.off, self.case):
            flow.addWidget(each)
        doing.setLayout(flow)
        tools = QWidget()
        tools.setLayout(self.tools)
        inner = panel()
        right = down(
            self.summary, self.warned, doing, self.setup, self.stops, self.stop_fields, self.left_title, self.left,
            tools, spacing=8, margins=(12, 10, 12, 10),
        )  # fmt: skip
        right.setStretch(4, 1)
        inner.setLayout(right)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self._right_side.setLayout(down(area, spacing=0))
        body = across(self._left_side, middle, self._right_side, spacing=0)
        body.setStretch(1, 1)
        top = panel(edge="bottom")
        top.setLayout(down(head, spacing=0, margins=(16, 10, 16, 10)))
        whole = down(top, body, spacing=0)
        whole.setStretch(1, 1)
        day = QWidget()
        day.setLayout(whole)
        self.panes = Panes(
            self._look, self._desk, day, self.tools, lambda: self.planned, lambda: self.work.day, self._place_case,
            self._open_case, self._tell,
        )  # fmt: skip
        self.setLayout(down(self.panes, spacing=0))
        self.setup.hide()
        self.setFocusProxy(self.candidates)

    def _wire(self) -> None:
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for key, act in (
            (ROUTE_KEY, self.work.reorder),
            (FILL_KEY, self.work.fill),
            (SETUP_KEY, self.fold_setup),
            (PLACE_KEY, self.place),
            (FILTERS_KEY, self.filters.fold),
            (BEFORE, lambda: self.turn(-1)),
            (AFTER, lambda: self.turn(1)),
            (NOW, self.turn_to_today),
        ):
            QShortcut(QKeySequence(key), self, act, context=inside)
        self.candidates.wanted.connect(self.work.toggle)
        self.candidates.chosen.connect(self._choose)
        self.map.chosen.connect(self._choose)
        self.map.wanted.connect(self.work.toggle)
        self.stops.chosen.connect(self._choose)
        self.stops.wanted.connect(self._open_case)
        self.stops.moved.connect(self.work.move)
        self.stops.dropped.connect(self.work.move_to)
        self.stops.removed.connect(lambda case_id: self.work.change(without(self.work.draft, case_id)))
        self.left.chosen.connect(self._choose)
        self.left.wanted.connect(self._put_back)
        self.setup.changed.connect(lambda: self.work.change(self.setup.filled(self.work.draft)))
        self.setup.place_wanted.connect(self.placing.choose_end)

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Field day"))
        self.before.setText(tr("‹ Day before"))
        self.now.setText(tr("Today"))
        self.after.setText(tr("Day after ›"))
        for made, key in ((self.before, "Ctrl ←"), (self.now, "Ctrl Home"), (self.after, "Ctrl →")):
            made.setToolTip(key)
        self.route.setText(with_key(tr("Order by the way"), "Ctrl Shift R"))
        self.fill.setText(with_key(tr("Fill the day"), "Ctrl Shift D"))
        self.unfold.setText(with_key(tr("Hours and team"), "Ctrl T"))
        self.off.setText(with_key(tr("Take off"), "Del"))
        self.case.setText(with_key(tr("Open the case"), "Enter"))
        self.left_title.setText(tr("Left out"))
        self.candidates.setAccessibleName(tr("Cases that might be visited"))
        self.stops.setAccessibleName(tr("Stops of the day, in order"))
        self.stops.setToolTip(tr("Alt ↑ and Alt ↓ move a stop, Del takes it off, Enter opens the case."))
        self.left.setAccessibleName(tr("Left out"))
        self.map.setAccessibleName(tr("Map of the day"))
        self.filters.retranslate()
        self.setup.retranslate()
        self.stop_fields.retranslate()
        self.placing.retranslate()
        describe(self._look, self)
        self.panes.retranslate()
        self._widths()
        self._show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widths()

    def _widths(self) -> None:
        side = min(self._look.tokens.px(SIDE), self.width() * MOST_SIDE // 100)
        self._left_side.setFixedWidth(side)
        self._right_side.setFixedWidth(max(side, min(self._look.tokens.px(SIDE + 30), self.width() // 3)))
        self.stops.setMinimumHeight(self._look.tokens.px(180))
        self.left.setFixedHeight(self._look.tokens.px(52 * LEFT_LINES))
        self.candidates.setMinimumHeight(self._look.tokens.px(110))

    # ---- days ----

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.work.look_again()
        self.candidates.take_focus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.setup.flush()
        self.stop_fields.flush()
        self.placing.give_up()

    def turn(self, days: int) -> None:
        self.setup.flush()
        self.stop_fields.flush()
        self.work.open(self.work.day + timedelta(days=days))

    def turn_to_today(self) -> None:
        self.work.open(self._desk.today())

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds != {"sync"}:
            self.work.look_again(None if changes.everything else changes.case_ids)

    def show_pane(self, name: str) -> None:
        """`dossier` or `leaving`, in the day's place."""
        if name == "dossier":
            self.panes.show_dossier()
        else:
            self.panes.show_leaving()

    def step_back(self) -> bool:
        """From the dossier or the look before leaving to the day; False when the day is shown."""
        return self.panes.step_back()

    def take_back(self) -> bool:
        """The day as it was before the last change."""
        self.work.take_back()
        return True

    # ---- showing ----

    @property
    def planned(self) -> PlannedDay | None:
        return self.work.planned

    @property
    def current(self) -> str:
        return self.map.current

    def _filter(self) -> None:
        self.work.selection = self.filters.selection()
        self._show()

    def _show(self) -> None:
        look, work = self._look, self.work
        day = work.planned
        self.span.setText(look.translator.day(work.day, "full"))
        rows = work.chosen
        currency = next((row.owed.currency for row in work.rows), "CNY")
        self.filters.offer(work.districts, currency)
        self.candidates.show_lines([shown.candidate_line(look, work, row) for row in rows])
        self.none.setText(self._why_none())
        self.none.setVisible(not rows)
        stops = day.stops if day is not None else ()
        left = day.left_out if day is not None else ()
        self.stops.show_lines([shown.stop_line(look, work, stop) for stop in stops])
        self.left.show_lines([shown.left_line(look, work, row) for row in left])
        self.left.setVisible(bool(left))
        self.left_title.setVisible(bool(left))
        self.summary.setText(shown.summary(look, day))
        warned = shown.warnings(look, day)
        self.warned.setText("\n".join(f"▲ {line}" for line in warned))
        self.warned.setVisible(bool(warned))
        self.setup.show_draft(work.draft, work.colleagues)
        self.map.show_picture(shown.picture(look, work))
        self.route.setEnabled(bool(work.draft.stops))
        self._show_current()
        self.planned_changed.emit()

    def _why_none(self) -> str:
        tr = self._look.tr
        if self.work.failure:
            return self.work.failure
        if self.work.busy and not self.work.rows:
            return tr("Looking for the cases …")
        if not self.work.rows:
            return tr("No case is at this desk yet: the next synchronisation brings those that were given to you.")
        return tr("No case meets these conditions.")

    def _choose(self, case_id: str) -> None:
        """The same case everywhere, whichever list or the map it was chosen in."""
        for each in (self.candidates, self.stops, self.left, self.map):
            if each is not self.sender():
                each.choose(case_id)
        self.map.choose(case_id)
        self._show_current()

    def _show_current(self) -> None:
        on = self.current in self.work.draft.case_ids
        self.off.setEnabled(on)
        self.case.setEnabled(bool(self.current))
        self.stop_fields.show_stop(self.current if on else "")
        self.placing.show_case(self.current)

    # ---- doing ----

    def fold_setup(self) -> None:
        self.setup.setVisible(self.setup.isHidden())
        self.unfold.setChecked(not self.setup.isHidden())
        if not self.setup.isHidden():
            self.setup.begins.edit.setFocus()

    def place(self) -> None:
        """Where the current case's address lies: on the map, or typed."""
        self.placing.begin(self.current)

    def _place_case(self, case_id: str) -> None:
        self._choose(case_id)
        self.placing.begin(case_id)

    def _take_off(self) -> None:
        if self.current:
            self.work.change(without(self.work.draft, self.current))

    def _put_back(self, case_id: str) -> None:
        """Of one without a place it is asked for; the others go to the end of the way."""
        left = self.work.planned.left_out if self.work.planned is not None else ()
        row = next((row for row in left if row.case_id == case_id), None)
        if row is not None and row.kind == "no_place":
            self.placing.begin(case_id)
        elif row is not None and row.kind in {"no_time", "never_open"}:
            self.work.move_to(case_id, len(self.work.draft.stops))

    def _ends(self, which: str, where: Place) -> None:
        """The start or the end was chosen on the map."""
        spot = Spot(where.latitude, where.longitude)
        self.work.change(msgspec.structs.replace(self.work.draft, **{which: spot}))
