"""The letter tab: which letter, what it asks for, its pages as they will be, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.doing import Doing
from ui.knowledge.help import describe
from ui.letter.fields import Fields
from ui.letter.going_out import GoingOut
from ui.letter.mailing import Mailing
from ui.letter.preview import ALONE_KEY, PageBar, Pages
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, line, panel, set_property, with_key
from ui.widgets.field import EntryField
from ui.widgets.flow import FlowLayout
from ui.widgets.tall import TallArea
from workstation.desk.letter_form import LetterCheck, LetterForm
from workstation.desk.views import CaseView, LetterChoice, LetterMade
from workstation.domain.errors import WorkstationError
from workstation.domain.message import nmsg
from workstation.i18n import LANGUAGES

TYPING_MS, CHECK_MS = 500, 150
WORDS_HIGH = 58  # pixels at 100 %
KEYS_FROM = 480  # pixels of width at 100 %, from which on the actions show their keys
MOST_FORM = 46  # percent of the panel's height: the page below stays in view
PRINT_KEY, SAVE_KEY, MAIL_KEY, BATCH_KEY = "Alt+P", "Alt+S", "Alt+E", "Alt+B"
SIGN_KEY = "Alt+G"


class LetterPanel(Doing):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__(desk, "letter")
        self.setObjectName("letter_panel")
        self._look, self._desk = look, desk
        self._case: CaseView | None = None
        self._choices: tuple[LetterChoice, ...] = ()
        self._typed: dict[str, dict[str, str]] = {}  # by template, what was typed into its fields
        self.made: LetterMade | None = None
        self.checked: LetterCheck | None = None
        self._asked = 0
        self._filling = True
        self.going_out = GoingOut(look, desk, self)
        self._build()
        self._filling = False
        self._later, self._soon = self._timer(TYPING_MS, self.preview), self._timer(CHECK_MS, self.check)
        self._shortcuts()
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setInterval(milliseconds)
        made.timeout.connect(act)
        return made

    # ---- building ----

    def _build(self) -> None:
        self.template_caption, self.language_caption = label(role="caption"), label(role="caption")
        self.template, self.language = QComboBox(), QComboBox()
        self.template.setObjectName("letter_template")
        self.language.setObjectName("letter_language")
        for combo in (self.template, self.language):
            combo.setMinimumWidth(40)
            combo.currentIndexChanged.connect(self._chosen)
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.reason = label(role="caption", wrap=True)
        self.reason.setObjectName("letter_reason")
        self.fields = Fields(self._look)
        self.fields.changed.connect(self._wrote)
        self.words_caption, self.words = label(role="caption"), QPlainTextEdit()
        self.words.setObjectName("letter_words")
        self.words.setTabChangesFocus(True)
        self.words_caption.setBuddy(self.words)
        self.words.textChanged.connect(self._wrote)
        self.warning = label(role="caption", wrap=True, tone="warn")
        self.warning.setMargin(6)
        self.override = EntryField(self._look, _L("Reason for going ahead"), name="letter_override")
        self.override.changed.connect(self._wrote)
        self.glyphs = label(role="caption", wrap=True, tone="warn")
        self.glyphs.setObjectName("letter_glyphs")
        self.glyphs.setMargin(6)
        self.problem = label(role="error", wrap=True)
        for widget in (self.warning, self.override, self.glyphs, self.problem, self.reason):
            widget.hide()
        self.pages = Pages(self._look, "letter_page")
        self.bar = PageBar(self._look, self.pages)
        self.bar.alone.toggled.connect(lambda _on: self._arrange())
        self.form = self._form_part()
        self.mailing = Mailing(self._look, self._desk)
        self.mailing.hide()
        self.mailing.wanted.connect(self.send)
        self.mailing.left.connect(self.back_to_letter)
        foot = self._foot()
        shown = panel()
        shown.setLayout(down(self.bar.row, self.problem, spacing=2, margins=(16, 4, 16, 4)))
        self.setLayout(down(self.form, line(), shown, self.pages, line(), self.mailing, foot, spacing=0))
        self.layout().setStretch(3, 1)  # type: ignore[union-attr]
        self.setFocusProxy(self.template)

    def _form_part(self) -> TallArea:
        choice = across(
            down(self.template_caption, self.template, spacing=4),
            down(self.language_caption, self.language, spacing=4),
            spacing=10,
        )
        choice.setStretch(0, 5)
        choice.setStretch(1, 2)
        inside = panel()
        inside.setLayout(
            down(
                choice,
                self.reason,
                self.fields,
                down(self.words_caption, self.words, spacing=4),
                self.warning,
                self.override,
                self.glyphs,
                None,
                spacing=6,
                margins=(16, 12, 16, 8),
            )
        )
        self._inside = inside
        return TallArea(inside)

    def _foot(self) -> QWidget:
        self.record = button(role="primary", clicked=self.save)
        self.record.setObjectName("letter_record")
        self.print = button(clicked=self.going_out.print)
        self.print.setObjectName("letter_print")
        self.save_file = button(clicked=self.going_out.ask_and_save)
        self.save_file.setObjectName("letter_save")
        self.sign = button(clicked=self.going_out.ask_and_sign)
        self.sign.setObjectName("letter_sign")
        self.mail = button(clicked=self.open_mail)
        self.mail.setObjectName("letter_mail")
        self.batch = button(clicked=self.queue_for_batch)
        self.batch.setObjectName("letter_batch")
        self.foot, others, flow = panel(), QWidget(), FlowLayout(spacing=14, lines=2)
        for made in (self.mail, self.print, self.save_file, self.sign, self.batch):
            set_property(made, "role", "link")
            flow.addWidget(made)
        others.setLayout(flow)
        self.foot.setLayout(down(self.record, others, spacing=4, margins=(16, 8, 16, 10)))
        return self.foot

    def _shortcuts(self) -> None:
        for keys, act in (
            (PRINT_KEY, self.print.click),
            (SAVE_KEY, self.save_file.click),
            (SIGN_KEY, self.sign.click),
            (MAIL_KEY, self.mail.click),
            (BATCH_KEY, self.batch.click),
            (ALONE_KEY, self.bar.alone.toggle),
            ("Alt+PgDown", lambda: self.pages.turn(1)),
            ("Alt+PgUp", lambda: self.pages.turn(-1)),
            ("Ctrl++", lambda: self.pages.magnify(1)),
            ("Ctrl+=", lambda: self.pages.magnify(1)),
            ("Ctrl+-", lambda: self.pages.magnify(-1)),
            ("Ctrl+0", lambda: self.pages.magnify(0)),
        ):
            QShortcut(QKeySequence(keys), self, act, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)

    @property
    def case_id(self) -> str:
        return "" if self._case is None else self._case.case_id

    # ---- showing ----

    def show_case(self, case: CaseView) -> None:
        same = self._case is not None and self._case.case_id == case.case_id
        self._case = case
        self._filling = True
        if not same:
            self.back_to_letter()
            self.made = None
            self.pages.show_pdf(b"")
            form = form_of(self.drafting.open(case.case_id))
            self._typed = {form.template: dict(form.fields) | _given("pay_by", form.pay_by)} if form.template else {}
            self.words.setPlainText(form.free_paragraph)
            self.override.set_text(form.override_reason)
            language = form.language or self._desk.correspondence.language(case.case_id)
            self.language.setCurrentIndex(max(0, self.language.findData(language)))
            self._fill_templates(form.template)
        else:
            self._fill_templates(str(self.template.currentData() or ""))
        self._ask_fields()
        self._filling = False
        self.check()
        if self.isVisible():
            self.preview()

    def choose(self, template: str) -> None:
        """Show this letter; nothing where there is none of that name."""
        place = self.template.findData(template)
        if place >= 0:
            self.template.setCurrentIndex(place)

    def showEvent(self, _event: object) -> None:
        self._share_height()
        if self._case is not None and self.made is None:
            self.preview()

    def resizeEvent(self, _event: object) -> None:
        self._share_height()
        self._name_actions()

    def _share_height(self) -> None:
        """The form takes what it needs, and never so much that the page is out of view."""
        layout, needed = self._inside.layout(), self._inside.sizeHint().height()
        if layout is not None and layout.hasHeightForWidth():
            needed = layout.totalHeightForWidth(self.width())
        self.form.setFixedHeight(min(needed, self.height() * MOST_FORM // 100))

    def retranslate(self) -> None:
        tr = self._look.tr
        self.template_caption.setText(tr("Letter"))
        self.language_caption.setText(tr("Language"))
        self.template.setAccessibleName(tr("Letter"))
        self.language.setAccessibleName(tr("Language"))
        self.words_caption.setText(tr("Own paragraph"))
        self.words.setAccessibleName(tr("Own paragraph"))
        self.words.setFixedHeight(self._look.tokens.px(WORDS_HIGH))
        self.fields.retranslate()
        self.override.retranslate()
        self.mailing.retranslate()
        self.bar.retranslate()
        self.pages.setAccessibleName(tr("The letter's pages"))
        describe(self._look, self)
        self.record.setText(with_key(tr("Record and archive"), "Ctrl ↵"))
        self._name_actions()
        if self._case is not None:
            self._filling = True
            self._fill_templates(str(self.template.currentData() or ""))
            self._filling = False
            self.check()
        self._share_height()

    def _name_actions(self) -> None:
        """With their keys, where there is room for them."""
        tr, roomy = self._look.tr, self.width() >= self._look.tokens.px(KEYS_FROM)
        for made, text, key in (
            (self.mail, tr("E-mail …"), MAIL_KEY),
            (self.print, tr("Print …"), PRINT_KEY),
            (self.save_file, tr("Save PDF …"), SAVE_KEY),
            (self.sign, tr("Signed copy …"), SIGN_KEY),
            (self.batch, tr("For the next batch"), BATCH_KEY),
        ):
            shown = key.replace("+", " ")
            made.setText(with_key(text, shown) if roomy else text)
            made.setToolTip(f"{text}  {shown}")

    def _fill_templates(self, chosen: str) -> None:
        """Those the case allows first; the others stay in the list with the reason and cannot be taken."""
        if self._case is None:
            return
        language = str(self.language.currentData() or "")
        self._choices = self._desk.correspondence.choices(self._case.case_id, language)
        self.template.clear()
        for place, choice in enumerate(self._choices):
            title = self._look.say(choice.title)
            self.template.addItem(title, choice.template)
            if not choice.allowed:
                why = self._look.say(choice.reason)
                self.template.model().item(place).setEnabled(False)  # type: ignore[attr-defined]  # a plain item model
                self.template.setItemText(place, f"⊘ {title} · {why}")
                self.template.setItemData(place, why, Qt.ItemDataRole.ToolTipRole)
        allowed = [choice.template for choice in self._choices if choice.allowed]
        wanted = chosen if chosen in allowed else "demand" if "demand" in allowed else next(iter(allowed), "")
        self.template.setCurrentIndex(self.template.findData(wanted))
        nothing = bool(self._choices) and not allowed
        self.reason.setText(self._look.tr("This case allows no letter now; the list says why not each."))
        self.reason.setVisible(nothing)

    # ---- typing ----

    def letter_form(self) -> LetterForm:
        """The letter as it is asked for now."""
        texts = self.fields.texts()
        return LetterForm(
            template=str(self.template.currentData() or ""),
            language=str(self.language.currentData() or ""),
            pay_by=texts.pop("pay_by", ""),
            free_paragraph=self.words.toPlainText(),
            fields=texts,
            override_reason=self.override.text(),
        )

    def _chosen(self) -> None:
        """Another letter or language; what was typed for the one before is kept for it."""
        if self._filling or self._case is None:
            return
        self._filling = True
        if self.sender() is self.language:
            self._fill_templates(str(self.template.currentData() or ""))
        self._ask_fields()
        self._filling = False
        self._wrote()
        self.check()

    def _ask_fields(self) -> None:
        template = str(self.template.currentData() or "")
        self.fields.ask(self._desk.correspondence.fields(template) if template else (), self._typed.get(template, {}))
        describe(self._look, self.fields)
        self._share_height()

    def _wrote(self) -> None:
        if self._filling:
            return
        self._typed[str(self.template.currentData() or "")] = self.fields.texts()
        self.drafting.touch()
        self._soon.start()
        self._later.start()

    def draft(self) -> str:
        form = self.letter_form()
        typed = form.free_paragraph.strip() or form.fields or form.pay_by or form.override_reason
        return msgspec.json.encode(form).decode() if typed else ""

    def check(self) -> None:
        """How the fields read, the light, the words, and what stands against recording it."""
        if self._case is None or not self.template.currentData():
            self._offer(False)
            return
        try:
            check = self.checked = self._desk.correspondence.check(self._case.case_id, self.letter_form())
        except WorkstationError as error:
            self._say(self._look.say(error.message))
            return
        say = self._look.say
        self.fields.show_check(check)
        warned = check.light is not None and check.light.verdict == "warn"
        lines = [say(remark.message) for remark in check.remarks]
        lines += [say(reason) for reason in check.light.reasons] if check.light is not None and warned else []
        self.warning.setText("\n".join(lines))
        self.warning.setVisible(bool(lines))
        self.override.setVisible(warned)
        told = check.field == "override_reason" or (check.field == "free_paragraph" and bool(check.remarks))
        self._say("" if told else say(check.problem))  # in view also where the field itself is scrolled away
        self._share_height()

    def _say(self, problem: str) -> None:
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))

    def preview(self) -> None:
        """Render in the pool; only the answer to the newest question is shown."""
        if self._case is None or not self.template.currentData():
            return
        self._later.stop()
        self._asked += 1
        asked, case_id, form = self._asked, self._case.case_id, self.letter_form()
        self.bar.state.show_text(self._look.tr("Rendering …"))
        width, ratio = self.pages.width_of_page(), self.devicePixelRatioF()

        def render() -> tuple[LetterMade, list[QImage]]:
            from ui.letter.pages import pages

            made = self._desk.correspondence.made(self._desk.correspondence.prepare(case_id, form))
            return made, pages(made.pdf, lambda points: width * ratio / points)

        run(self, render, lambda answer: self._show(asked, *answer), lambda error: self._refused(asked, error))

    def _show(self, asked: int, made: LetterMade, shown: list[QImage]) -> None:
        if asked != self._asked:
            return
        self.made = made
        self.pages.show_pdf(made.pdf, shown)
        pages = nmsg("{n} page · hash {hash}", "{n} pages · hash {hash}", made.pages, hash=f"{made.sha256[:8]}…")
        self.bar.state.show_text(self._look.say(pages))
        lost = " ".join(made.missing_glyphs)
        told = self._look.tr("No font has these characters; they print as 〓: {characters}", characters=lost)
        self.glyphs.setText(told if lost else "")
        self.glyphs.setVisible(bool(lost))
        self._offer(True)
        self.check()

    def _refused(self, asked: int, error: WorkstationError) -> None:
        if asked != self._asked:
            return
        self.made = None
        self.pages.show_pdf(b"")
        self.bar.state.show_text("")
        self.glyphs.hide()
        self._offer(False)
        self.check()
        if self.checked is None or self.checked.problem is None:
            self._say(self._look.say(error.message))  # what only the letter itself knows: a value that it lacks
            self._share_height()

    def _offer(self, there: bool) -> None:
        for made in (self.record, self.save_file, self.print, self.sign, self.mail, self.batch):
            made.setEnabled(there)

    # ---- what becomes of it ----

    def save(self) -> None:
        """Record the letter, or send it where the e-mail is open."""
        if not self.mailing.isHidden():
            self.send()
            return
        if self._case is None or self.made is None:
            return
        try:
            changes = self._desk.correspondence.record(self._case.case_id, self.made, self.override.text())
        except WorkstationError as error:
            self._point_at(error.field or "")
            self.failed.emit(self._look.say(error.message))
            return
        self._done()
        self._desk.announce(changes)
        self.done.emit(self._look.tr("The letter is on record, and its PDF in the archive."))

    def _done(self) -> None:
        """The letter is on record: its words are not for the next one."""
        self.drafting.clear()
        self._filling = True
        self._typed.pop(str(self.template.currentData() or ""), None)
        self.words.setPlainText("")
        self.override.set_text("")
        self._ask_fields()
        self._filling = False
        self.drafting.clear()

    def _point_at(self, field: str) -> None:
        if field == "override_reason":
            self.override.edit.setFocus()
        elif not self.fields.focus(field) and field == "free_paragraph":
            self.words.setFocus()

    def open_mail(self) -> None:
        """The e-mail that takes this letter, in the form's place."""
        if self._case is None or self.made is None:
            return
        why = self._desk.letter_mail.why_not(self._case.case_id, self.made.template)
        if why is not None:
            self.failed.emit(self._look.say(why))
            return
        self.bar.alone.setChecked(False)
        self.mailing.open(self._case, self.made.template, self.made.language)
        self._arrange()

    def step_back(self) -> bool:
        """Out of the e-mail, or from the pages alone to the form."""
        if self.bar.alone.isChecked():
            self.bar.alone.setChecked(False)
            return True
        return self.back_to_letter()

    def back_to_letter(self) -> bool:
        """Out of the e-mail; False where none was open."""
        if self.mailing.isHidden():
            return False
        self.mailing.hide()
        self._arrange()
        self.template.setFocus()
        return True

    def _arrange(self) -> None:
        """The form makes room for the e-mail, and for the pages alone."""
        mailing = not self.mailing.isHidden()
        self.form.setVisible(not mailing and not self.bar.alone.isChecked())
        self.foot.setVisible(not mailing)
        self._share_height()

    def send(self) -> None:
        """Record the letter and queue the e-mail, in one."""
        if self._case is None or self.made is None:
            return
        try:
            changes = self._desk.letter_mail.send(self._case.case_id, self.made, self.mailing.form())
        except WorkstationError as error:
            self.mailing.check()
            self.failed.emit(self._look.say(error.message))
            return
        self.back_to_letter()
        self._done()
        self._desk.announce(changes)
        self.done.emit(self._look.tr("The letter is on record; the e-mail leaves after the next synchronisation."))

    def queue_for_batch(self) -> None:
        if self._case is None:
            return
        try:
            changes = self._desk.letter_queue.want(self._case.case_id, self.letter_form())
        except WorkstationError as error:
            self._point_at(error.field or "")
            self.failed.emit(self._look.say(error.message))
            return
        self._done()
        self._desk.announce(changes)
        self.done.emit(self._look.tr("Noted for the next batch, with that day's figures."))

    def save_to(self, path: Path) -> None:
        """Write the PDF whole, or not at all."""
        self.going_out.save_to(path)


def form_of(draft: str | None) -> LetterForm:
    """The kept form; of a draft of an older version, which was the paragraph alone, that."""
    if not draft:
        return LetterForm()
    try:
        return msgspec.json.decode(draft, type=LetterForm)
    except msgspec.DecodeError:
        return LetterForm(free_paragraph=draft)


def _given(name: str, text: str) -> dict[str, str]:
    return {name: text} if text else {}
