"""A person's capacity, skills and leave, as a lead types them; kept as a draft until the centre has them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.page import Page
from ui.widgets.basic import across, button, down, label, set_property, show_if, with_key
from ui.widgets.drafting import Drafting
from ui.widgets.field import EntryField
from workstation.desk.staffing import Changed, Member
from workstation.desk.views import Reading
from workstation.domain.errors import InputError, WorkstationError

# Name of the entry, its caption and an example.
_ENTRIES = (
    ("capacity", _L("Capacity, % of a full desk"), "100"),
    ("most_cases", _L("At most, cases"), ""),
    ("languages", _L("Languages"), "zh_CN, en"),
    ("regions", _L("Places"), _L("Shanghai, Suzhou")),
    ("stages", _L("Stages"), "M1, M2, M7+"),
    ("leave_from", _L("Away from"), _L("28, +5, next friday")),
    ("leave_until", _L("Away until"), _L("28, +5, next friday")),
)


class StaffForm(Page):
    """`saved` carries the sentence for the person; `left` says that the form is done with."""

    saved = Signal(str)
    left = Signal()

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self._look, self._desk = look, desk
        self._member: Member | None = None
        self._filling = self.saving = False
        self.title, self.problem = label(role="strong"), label(role="error", wrap=True)
        self.fields = {
            name: EntryField(look, caption, example, name=f"staff_{name}") for name, caption, example in _ENTRIES
        }
        self.legal = QCheckBox()
        self.legal.setObjectName("staff_legal")
        self.cover = QComboBox()
        self.cover.setObjectName("staff_cover")
        self.cover_caption = label(role="caption")
        self.cover_caption.setBuddy(self.cover)
        self.save_button = button(role="primary", clicked=self.commit)
        self.save_button.setObjectName("staff_save")
        self.leave_button = button(clicked=self.leave)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        for n, field in enumerate(self.fields.values()):
            grid.addWidget(field, n // 2, n % 2)
        cover = QWidget()
        cover.setLayout(down(self.cover_caption, self.cover, spacing=4))
        grid.addWidget(cover, 3, 1)
        self.setLayout(
            down(self.title, grid, self.legal, self.problem, across(None, self.leave_button, self.save_button), None,
                 spacing=10)
        )  # fmt: skip
        self.problem.hide()
        self.drafting = Drafting(desk, "staffing", self._draft)
        for field in self.fields.values():
            field.changed.connect(self._typed)
        self.legal.toggled.connect(self._typed)
        self.cover.currentIndexChanged.connect(self._typed)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        for field in self.fields.values():
            field.retranslate()
        self.legal.setText(tr("May take cases of the legal track"))
        self.cover_caption.setText(tr("Covered by"))
        self.cover.setAccessibleName(tr("Covered by"))
        self.save_button.setText(with_key(tr("Save"), "Ctrl ↵"))
        self.leave_button.setText(tr("Close"))
        describe(self._look, self)
        if self._member is not None:
            self.title.setText(tr("Capacity, skills and leave of {name}", name=self._member.name))

    def open(self, member: Member, colleagues: Sequence[Member]) -> None:
        """The place as it is, with what was typed and not saved over it."""
        self.drafting.flush()
        self._member = member
        self._filling = True
        self.cover.clear()
        self.cover.addItem("—", "")
        for one in colleagues:
            if one.active and one.person_id != member.person_id:
                self.cover.addItem(one.name, one.person_id)
        self._fill(_as_typed(member))
        kept = self.drafting.open(member.person_id)
        if kept:
            self._fill(json.loads(kept))
        self._filling = False
        self._say("")
        for field in self.fields.values():
            field.show_reading(None)
        self.retranslate()
        self.fields["capacity"].edit.setFocus()

    def commit(self) -> None:
        member = self._member
        if member is None or self.saving:
            return
        for field in self.fields.values():
            field.show_reading(None)
        staffing = self._desk.staffing
        try:
            plan = staffing.read(member.person_id, self._typed_now())
        except InputError as error:
            self._refused(error)
            return
        self.saving = True
        seen = member.version or 0
        run(
            self,
            lambda: staffing.change(member.person_id, seen, plan),
            self._have,
            self._refused,
            over=self._over,
        )

    def leave(self) -> None:
        self.drafting.flush()
        self.left.emit()

    def _over(self) -> None:
        self.saving = False

    def _have(self, changed: Changed) -> None:
        said = self._look.say(changed.sentence)
        if not changed.done and not changed.waits:
            self._say(said)
            return
        self.drafting.clear()
        self.saved.emit(said)
        self.left.emit()

    def _refused(self, error: WorkstationError) -> None:
        field = self.fields.get(error.field or "")
        self._say(self._look.say(error.message))
        if field is not None:
            field.show_reading(Reading(error.field or "", None, None, error.message))
            field.edit.setFocus()

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        set_property(self.problem, "tone", "bad")
        show_if(self.problem, bool(text))

    def _typed(self) -> None:
        if not self._filling:
            self.drafting.touch()

    def _typed_now(self) -> dict[str, str]:
        return {
            **{name: field.text() for name, field in self.fields.items()},
            "legal": "yes" if self.legal.isChecked() else "",
            "cover": str(self.cover.currentData() or ""),
        }

    def _draft(self) -> str:
        return json.dumps(self._typed_now(), ensure_ascii=False)

    def _fill(self, typed: dict[str, str]) -> None:
        for name, field in self.fields.items():
            field.set_text(typed.get(name, ""))
        self.legal.setChecked(typed.get("legal") == "yes")
        self.cover.setCurrentIndex(max(0, self.cover.findData(typed.get("cover", ""))))


def _as_typed(member: Member) -> dict[str, str]:
    plan = member.plan
    return {
        "capacity": str(plan.capacity),
        "most_cases": "" if plan.most_cases is None else str(plan.most_cases),
        "languages": ", ".join(plan.languages),
        "regions": ", ".join(plan.regions),
        "stages": ", ".join(plan.stages),
        "legal": "yes" if plan.legal else "",
        "leave_from": "" if plan.leave_from is None else plan.leave_from.isoformat(),
        "leave_until": "" if plan.leave_until is None else plan.leave_until.isoformat(),
        "cover": plan.cover_id or "",
    }
