"""The page for a batch of letters: for whom, a look through with every refusal, the making, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QPlainTextEdit,
    QProgressBar,
    QScrollArea,
    QWidget,
)

from ui.batch.results import ResultsCard
from ui.batch.work import BatchWork
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.models.rows import Column
from ui.page import Page
from ui.sync.cards import TableCard
from ui.widgets.basic import across, button, down, label, panel, set_property
from ui.widgets.field import EntryField
from ui.widgets.flow import FlowLayout
from workstation.desk.letter_batches import BatchRefusal, Progress
from workstation.desk.letter_form import LetterForm
from workstation.domain.changes import Changes
from workstation.domain.errors import WorkstationError
from workstation.domain.labels import label_text
from workstation.domain.letter_rules import IN_BATCHES
from workstation.domain.message import Label, Message, msg, nmsg
from workstation.i18n import LANGUAGES

KEY = "Shift+F4"
LINES, WORDS_HIGH = 10, 58
QUEUED, VIEW = "queued", "view"


class BatchPage(Page):
    """`open_case` is called with the id of a refused case, `tell` with what was done; `in_view` gives the cases of the
    queue as it is filtered now."""

    def __init__(
        self,
        look: Look,
        desk: Desk,
        open_case: Callable[[str], None],
        tell: Callable[[str], None],
        in_view: Callable[[], list[str]],
    ) -> None:
        super().__init__()
        self.setObjectName("batch_page")
        self._look, self._desk, self._tell, self._in_view = look, desk, tell, in_view
        self.work = BatchWork(look, desk)
        self.work.moved.connect(self._show)
        self.work.failed.connect(self._went_wrong)
        self.title, self.about = label(role="title"), label(role="muted", wrap=True)
        self._build_choice()
        self.look_through = button(role="primary", clicked=self.begin)
        self.look_through.setObjectName("batch_look")
        self.problem = label(role="error", wrap=True)
        self.problem.hide()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.how_far = label(role="caption", wrap=True)
        self.stop = button(clicked=self.work.cancel)
        self.stop.setObjectName("batch_cancel")
        self.found = label(role="strong", wrap=True)
        self.one_file = QCheckBox()
        self.one_file.setObjectName("batch_one_file")
        self.make = button(role="primary", clicked=self.ask_folder)
        self.make.setObjectName("batch_make")
        self.refused: TableCard[BatchRefusal] = TableCard(
            look,
            _L("Not made"),
            _L("Every letter can be made."),
            [
                Column[BatchRefusal](_L("Case"), lambda row: row.number or "—"),
                Column[BatchRefusal](_L("Name"), lambda row: row.name or "—"),
                Column[BatchRefusal](_L("Reason"), lambda row: look.say(row.reason), stretch=True),
            ],
            "batch_refused",
            most=LINES,
        )
        self.refused.opened.connect(open_case)
        self.results = ResultsCard(look, desk, self.work.resume, tell)
        card = QFrame()
        card.setProperty("role", "card")
        going = across(self.bar, self.stop, spacing=12)
        going.setStretch(0, 1)
        self.going, self.ready = QWidget(), QWidget()
        self.going.setLayout(down(going, self.how_far, spacing=4))
        self.ready.setLayout(down(self.found, across(self.one_file, None, self.make, spacing=12), spacing=8))
        card.setLayout(
            down(
                self.choice, across(self.problem, None, self.look_through, spacing=12), self.going, self.ready,
                spacing=10, margins=(16, 12, 16, 12),
            )
        )  # fmt: skip
        body = panel("sunken")
        body.setLayout(
            down(self.title, self.about, card, self.refused, self.results, None, spacing=16, margins=(32, 28, 32, 28))
        )
        area = QScrollArea()
        area.setProperty("role", "sunken")
        area.setWidgetResizable(True)
        area.setWidget(body)
        self.setLayout(down(area, spacing=0))
        desk.subscribe(self._changed)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _build_choice(self) -> None:
        self.captions = {name: label(role="caption") for name in ("whose", "template", "language", "words")}
        self.whose, self.template, self.language = QComboBox(), QComboBox(), QComboBox()
        for name, combo in (("whose", self.whose), ("template", self.template), ("language", self.language)):
            combo.setObjectName(f"batch_{name}")
            combo.setMinimumWidth(120)
            self.captions[name].setBuddy(combo)
        for which in (QUEUED, VIEW):
            self.whose.addItem("", which)
        for name in IN_BATCHES:
            self.template.addItem("", name)
        self.language.addItem("", "")
        for code, spoken in LANGUAGES.items():
            self.language.addItem(spoken, code)
        self.pay_by = EntryField(self._look, _L("Pay by"), _L("+10, 12-5"), name="batch_pay_by")
        self.words = QPlainTextEdit()
        self.words.setObjectName("batch_words")
        self.words.setTabChangesFocus(True)
        self.captions["words"].setBuddy(self.words)
        self.override = EntryField(
            self._look, _L("Reason for going ahead, where the light warns"), name="batch_override"
        )
        self.whose.currentIndexChanged.connect(lambda _place: self._show_choice())
        row, flow = QWidget(), FlowLayout(spacing=12, lines=8)
        self._boxes: dict[str, QWidget] = {}
        for name, combo in (("whose", self.whose), ("template", self.template), ("language", self.language)):
            box = QWidget()
            box.setLayout(down(self.captions[name], combo, spacing=4))
            self._boxes[name] = box
            flow.addWidget(box)
        self.pay_by.setMinimumWidth(180)
        self.pay_by.setSizePolicy(self.whose.sizePolicy())
        flow.addWidget(self.pay_by)
        row.setLayout(flow)
        self.choice = QWidget()
        self.same = QWidget()  # what only a batch for the queue's cases asks for
        self.same.setLayout(down(self.captions["words"], self.words, self.override, spacing=6))
        self.choice.setLayout(down(row, self.same, spacing=8))

    # ---- showing ----

    def retranslate(self) -> None:
        tr = self._look.tr
        self.title.setText(tr("Letters in a batch"))
        self.about.setText(
            tr("First every letter is looked through and nothing is made; Enter on a refused one opens its case.")
        )
        for name, text in (
            ("whose", tr("For")),
            ("template", tr("Letter")),
            ("language", tr("Language")),
            ("words", tr("Own paragraph")),
        ):
            self.captions[name].setText(text)
        for combo, name in ((self.whose, "For"), (self.template, "Letter"), (self.language, "Language")):
            combo.setAccessibleName(tr(name))
        self.words.setAccessibleName(tr("Own paragraph"))
        self.words.setFixedHeight(self._look.tokens.px(WORDS_HIGH))
        for place in range(self.template.count()):
            name = str(self.template.itemData(place))
            self.template.setItemText(place, tr(label_text(Label("letter", name))))
        self.language.setItemText(0, tr("The debtor's own"))
        self.pay_by.retranslate()
        self.override.retranslate()
        self.look_through.setText(tr("Look through"))
        self.stop.setText(tr("Cancel"))
        self.one_file.setText(tr("One print file, sorted by postcode, with separator sheets"))
        self.make.setText(tr("Make the letters …"))
        self.refused.retranslate()
        self.results.retranslate()
        self._count()
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._count()
        self.results.show_results()
        self._show()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.kinds != {"sync"}:
            self._count()

    def _count(self) -> None:
        """How many letters each choice would be."""
        waiting, cases = len(self._desk.letter_queue.waiting()), len(self._in_view())
        say = self._look.say
        self.whose.setItemText(
            0, say(nmsg("{n} letter waiting for a batch", "{n} letters waiting for a batch", waiting))
        )
        self.whose.setItemText(1, say(nmsg("{n} case of the queue's view", "{n} cases of the queue's view", cases)))
        if self.whose.currentData() == QUEUED and not waiting and not self.isVisible():
            self.whose.setCurrentIndex(1)
        self._show_choice()

    def _show_choice(self) -> None:
        view = self.whose.currentData() == VIEW
        for name in ("template", "language"):
            self._boxes[name].setVisible(view)
        self.pay_by.setVisible(view)
        self.words.setVisible(view)
        self.captions["words"].setVisible(view)

    def _show(self) -> None:
        work = self.work
        busy = bool(work.doing)
        self.choice.setEnabled(not busy)
        self.look_through.setEnabled(not busy)
        self.going.setVisible(busy)
        if busy:
            self._show_progress(work.progress)
        plan = work.plan
        self.ready.setVisible(plan is not None and not busy)
        set_property(self.look_through, "role", "primary" if plan is None else "")  # one thing to do next
        if plan is not None:
            self.found.setText(self._look.say(_found(len(plan.ready), len(plan.refused))))
            self.make.setEnabled(bool(plan.ready))
        rows = plan.refused if plan is not None else work.result.refused if work.result is not None else ()
        self.refused.setVisible(plan is not None or work.result is not None)
        self.refused.show_rows(rows)
        if not busy:
            self.results.show_results()

    def _show_progress(self, progress: Progress) -> None:
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)
        self.how_far.setText(self._look.say(_how_far(progress)))

    # ---- doing ----

    def begin(self) -> None:
        """The dry run of what is chosen."""
        self.problem.hide()
        form = self._form()
        forms: dict[str, LetterForm] | None = None
        if self.whose.currentData() == QUEUED:
            # One letter of a case in a batch; what else is queued for it comes with the next.
            forms = {}
            for row in self._desk.letter_queue.waiting():
                forms.setdefault(row.case_id, row.form)
            cases = list(forms)
        else:
            cases = self._in_view()
        if not cases:
            self._went_wrong(self._look.tr("There is no letter to make: queue some, or choose another view."))
            return
        try:
            self._desk.letter_queue.check_pay_by(form)
        except WorkstationError as error:
            self._went_wrong(self._look.say(error.message))
            self.pay_by.edit.setFocus()
            return
        self.work.look_through(cases, form, forms)

    def _form(self) -> LetterForm:
        view = self.whose.currentData() == VIEW
        return LetterForm(
            template=str(self.template.currentData() or "") if view else "",
            language=str(self.language.currentData() or "") if view else "",
            pay_by=self.pay_by.text() if view else "",
            free_paragraph=self.words.toPlainText() if view else "",
            override_reason=self.override.text(),
        )

    def ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, self._look.tr("Folder for the letters"))
        if chosen:
            self.make_in(Path(chosen))

    def make_in(self, folder: Path) -> None:
        """Make the letters that were looked through, into this folder."""
        self.problem.hide()
        self.work.make(folder, one_file=self.one_file.isChecked())

    def _went_wrong(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()
        self._tell(sentence)

    def take_focus(self) -> None:
        self.whose.setFocus(Qt.FocusReason.OtherFocusReason)


def _found(ready: int, refused: int) -> Message:
    can = nmsg("{n} letter can be made", "{n} letters can be made", ready)
    cannot = nmsg("{n} is refused", "{n} are refused", refused)
    return msg("{can} · {cannot}", can=can, cannot=cannot)


def _how_far(progress: Progress) -> Message:
    done = msg("{done} of {total}", done=progress.done, total=progress.total)
    if progress.remaining is None or not progress.rate:
        return done
    left = round(progress.remaining)
    return msg(
        "{far} · {rate} a second · {minutes}:{seconds} left",
        far=done,
        rate=f"{progress.rate:.1f}",
        minutes=left // 60,
        seconds=f"{left % 60:02}",
    )
