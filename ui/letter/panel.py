"""The letter tab: the page is rendered in the pool, shown by PDFium, recorded with its archive copy, saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QLabel, QPlainTextEdit, QScrollArea

from ui.background import run
from ui.desk_port import Desk
from ui.doing import Doing
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, line, panel, with_key
from ui.widgets.field import EntryField
from workstation.desk.views import CaseView, LetterChoice, LetterMade
from workstation.domain.errors import WorkstationError
from workstation.domain.message import nmsg
from workstation.i18n import LANGUAGES

TYPING_MS = 500


class LetterPanel(Doing):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__(desk, "letter")
        self.setObjectName("letter_panel")
        self._look, self._desk = look, desk
        self._case: CaseView | None = None
        self._choices: tuple[LetterChoice, ...] = ()
        self.made: LetterMade | None = None
        self._asked = 0
        self._filling = False
        self._filling = True
        self._build()
        self._filling = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(TYPING_MS)
        self._later.timeout.connect(self.preview)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _build(self) -> None:
        self.template_caption, self.language_caption = label(role="caption"), label(role="caption")
        self.template, self.language = QComboBox(), QComboBox()
        self.template.setObjectName("letter_template")
        self.language.setObjectName("letter_language")
        self.template.currentIndexChanged.connect(self._typed)
        self.language.currentIndexChanged.connect(self._typed)
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.pay_by = EntryField(self._look, _L("Pay by"), _L("+10, 12-5"), name="letter_pay_by")
        self.pay_by.changed.connect(self._typed)
        self.words_caption = label(role="caption")
        self.words = QPlainTextEdit()
        self.words.setObjectName("letter_words")
        self.words.setTabChangesFocus(True)
        self.words.setFixedHeight(self._look.tokens.px(64))
        self.words.textChanged.connect(self._typed)
        self.warning = label(role="caption", wrap=True, tone="warn")
        self.override = EntryField(self._look, _L("Reason for going ahead"), name="letter_override")
        for widget in (self.warning, self.override):
            widget.hide()
        self.problem = label(role="error", wrap=True)
        self.state = label(role="caption")
        self.page = QLabel()
        self.page.setObjectName("letter_page")
        self.page.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self.area = QScrollArea()
        self.area.setProperty("role", "sunken")
        self.area.setWidgetResizable(True)
        self.area.setWidget(self.page)
        self.save_file = button(clicked=self._save_file)
        self.print = button(clicked=self._print)
        self.print.setObjectName("letter_print")
        self.record = button(role="primary", clicked=self.save)
        self.record.setObjectName("letter_record")
        head = panel()
        head.setLayout(
            down(
                across(
                    down(self.template_caption, self.template, spacing=4),
                    down(self.language_caption, self.language, spacing=4),
                    spacing=10,
                ),
                self.pay_by,
                self.words_caption,
                self.words,
                self.warning,
                self.override,
                self.problem,
                self.state,
                spacing=6,
                margins=(16, 12, 16, 8),
            )
        )
        foot = panel()
        buttons = across(self.save_file, self.print, self.record)
        buttons.setStretch(0, 1)
        buttons.setStretch(1, 1)
        buttons.setStretch(2, 2)
        foot.setLayout(down(buttons, margins=(16, 8, 16, 14)))
        self.setLayout(down(head, line(), self.area, line(), foot, spacing=0))
        self.layout().setStretch(2, 1)  # type: ignore[union-attr]

    def show_case(self, case: CaseView) -> None:
        same = self._case is not None and self._case.case_id == case.case_id
        self._case = case
        self._choices = self._desk.correspondence.choices(case.case_id)
        self._filling = True
        self._fill_templates()
        if not same:
            self.made = None
            self.page.clear()
            self.words.setPlainText(self.drafting.open(case.case_id) or "")
            self.pay_by.set_text("")
            self.override.set_text("")
        self._filling = False
        if self.isVisible():
            self.preview()

    def choose(self, template: str) -> None:
        """Show this letter; nothing where there is none of that name."""
        place = self.template.findData(template)
        if place >= 0:
            self.template.setCurrentIndex(place)

    def showEvent(self, _event: object) -> None:
        if self._case is not None and self.made is None:
            self.preview()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.template_caption.setText(tr("Letter"))
        self.language_caption.setText(tr("Language"))
        self.template.setAccessibleName(tr("Letter"))
        self.language.setAccessibleName(tr("Language"))
        self.words_caption.setText(tr("Own paragraph"))
        self.words.setAccessibleName(tr("Own paragraph"))
        self.pay_by.retranslate()
        self.override.retranslate()
        describe(self._look, self)
        self.record.setText(with_key(tr("Record and archive"), "Ctrl ↵"))
        self.save_file.setText(tr("Save PDF …"))
        self.print.setText(tr("Print …"))
        self._filling = True
        self._fill_templates()
        self._filling = False

    def _fill_templates(self) -> None:
        chosen = self.template.currentData()
        self.template.clear()
        for choice in self._choices:
            title = self._look.say(choice.title)
            self.template.addItem(
                title if choice.allowed else f"{title} — {self._look.say(choice.reason)}", choice.template
            )
        place = self.template.findData(chosen)
        allowed = next(
            (n for n, choice in enumerate(self._choices) if choice.allowed and choice.template == "demand"), 0
        )
        self.template.setCurrentIndex(place if place >= 0 else allowed)

    def _typed(self) -> None:
        if self._filling:
            return
        self.drafting.touch()
        self._later.start()

    def draft(self) -> str:
        return self.words.toPlainText().strip()

    def preview(self) -> None:
        """Render in the pool; only the answer to the newest question is shown."""
        if self._case is None or self.template.currentData() is None:
            return
        self._asked += 1
        asked = self._asked
        case_id, template = self._case.case_id, str(self.template.currentData())
        language, pay_by, words = str(self.language.currentData()), self.pay_by.text(), self.words.toPlainText()
        self._show_light(case_id, template)
        self.state.setText(self._look.tr("Rendering …"))
        width, ratio = max(240, self.area.viewport().width() - 24), self.devicePixelRatioF()

        def render() -> tuple[LetterMade, QImage]:
            from ui.letter.pages import picture

            made = self._desk.correspondence.preview(case_id, template, language, pay_by, words)
            return made, picture(made.pdf, width, ratio)

        run(
            self,
            render,
            lambda answer: self._show(asked, *answer),
            lambda error: self._refused(asked, error),
        )

    def _show_light(self, case_id: str, template: str) -> None:
        """A warning of the contact light, and the field for why the letter goes out all the same."""
        light = self._desk.correspondence.light(case_id, template)
        warned = light is not None and light.verdict == "warn"
        wrong = self._desk.correspondence.remarks(case_id, self.words.toPlainText(), self._look.language)
        lines = [self._look.say(remark.message) for remark in wrong]
        lines += [self._look.say(reason) for reason in light.reasons] if light is not None and warned else []
        self.warning.setText("\n".join(lines))
        self.warning.setVisible(bool(lines))
        self.override.setVisible(warned)

    def _show(self, asked: int, made: LetterMade, shown: QImage) -> None:
        if asked != self._asked:
            return
        self.made = made
        self.problem.hide()
        self.page.setPixmap(QPixmap.fromImage(shown))
        self.state.setText(
            self._look.say(
                nmsg("{n} page · hash {hash}", "{n} pages · hash {hash}", made.pages, hash=f"{made.sha256[:8]}…")
            )
        )
        self.record.setEnabled(True)
        self.save_file.setEnabled(True)
        self.print.setEnabled(True)

    def _refused(self, asked: int, error: WorkstationError) -> None:
        if asked != self._asked:
            return
        self.made = None
        self.page.clear()
        self.state.setText("")
        self.problem.setText(self._look.say(error.message))
        self.problem.show()
        self.record.setEnabled(False)
        self.save_file.setEnabled(False)
        self.print.setEnabled(False)

    def save(self) -> None:
        if self._case is None or self.made is None:
            return
        try:
            changes = self._desk.correspondence.record(self._case.case_id, self.made, self.override.text())
        except WorkstationError as error:
            if error.field == "override_reason":
                self.override.edit.setFocus()
            elif error.field == "free_paragraph":
                self.words.setFocus()
            self.failed.emit(self._look.say(error.message))
            return
        self.drafting.clear()
        self._desk.announce(changes)
        self.done.emit(self._look.tr("The letter is on record, and its PDF in the archive."))

    def save_to(self, path: Path) -> None:
        """Write the PDF whole, or not at all."""
        if self.made is None:
            return
        partial = path.with_name(path.name + ".part")
        try:
            partial.write_bytes(self.made.pdf)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            reason = error.strerror or ""
            self.failed.emit(self._look.tr("The PDF could not be written: {reason}", reason=reason))

    def _print(self) -> None:
        if self.made is None:
            return
        from ui.letter.printing import ask_and_print

        ask_and_print(self.made.pdf, self)

    def _save_file(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, self._look.tr("Save PDF …"), "letter.pdf", "PDF (*.pdf)")
        if chosen:
            self.save_to(Path(chosen))
