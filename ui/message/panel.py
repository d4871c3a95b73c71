"""The message tab: where it goes, a template or own words, its length, the light, and the queue of the gateway."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget

from ui.case.header import MARKS, LightPill
from ui.desk_port import Desk
from ui.doing import Doing
from ui.knowledge.help import describe
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, line, panel, with_key
from ui.widgets.field import EntryField
from ui.widgets.tall import TallArea
from workstation.desk.messages import MessageCheck, MessageChoice, MessageForm
from workstation.desk.views import CaseView
from workstation.domain.errors import WorkstationError
from workstation.domain.labels import label_text
from workstation.domain.message import nmsg
from workstation.i18n import LANGUAGES

TYPING_MS = 150
FEW = 3  # foreign characters worth naming: in a text of another script all of them are


class MessagePanel(Doing):
    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__(desk, "message")
        self.setObjectName("message_panel")
        self._look, self._desk = look, desk
        self._case: CaseView | None = None
        self._choices: tuple[MessageChoice, ...] = ()
        self.checked: MessageCheck | None = None
        self._filling = True
        self._build()
        self._filling = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(TYPING_MS)
        self._later.timeout.connect(self.check)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def _build(self) -> None:
        self.captions = {name: label(role="caption") for name in ("point", "template", "language", "text")}
        self.point, self.template, self.language = QComboBox(), QComboBox(), QComboBox()
        for name, combo in (("point", self.point), ("template", self.template), ("language", self.language)):
            combo.setObjectName(f"message_{name}")
            combo.setMinimumWidth(40)
            self.captions[name].setBuddy(combo)
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.point.currentIndexChanged.connect(self._aimed)
        self.template.currentIndexChanged.connect(self._chosen)
        self.language.currentIndexChanged.connect(self._chosen)
        self.subject = EntryField(self._look, _L("Subject"), name="message_subject")
        self.subject.changed.connect(self._typed)
        self.text = QPlainTextEdit()
        self.text.setObjectName("message_text")
        self.text.setTabChangesFocus(True)
        self.text.textChanged.connect(self._typed)
        self.length = label(role="caption")
        self.ending = label(role="caption", wrap=True)
        self.changed = label(role="caption", wrap=True)
        self.light = LightPill(self._look, self._desk.now)
        self.light.setObjectName("message_light")
        self.light.opened.connect(self.check)
        self.reasons = label(role="caption", wrap=True)
        self.wording = label(role="caption", wrap=True, tone="warn")
        self.override = EntryField(self._look, _L("Reason for going ahead"), name="message_override")
        self.override.changed.connect(self._typed)
        self.reminder = label(role="caption", wrap=True)
        self.nothing = label(role="muted", wrap=True)
        self.problem = label(role="error", wrap=True)
        self.record = button(role="primary", clicked=self.save)
        self.record.setObjectName("message_queue")
        choice = across(
            down(self.captions["template"], self.template, spacing=4),
            down(self.captions["language"], self.language, spacing=4),
            spacing=10,
        )
        choice.setStretch(0, 2)
        choice.setStretch(1, 1)
        self.length.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        above_text = across(self.captions["text"], self.length, spacing=8)
        above_text.setStretch(1, 1)
        self.wording.setMargin(6)
        self.form = QWidget()
        self.form.setLayout(
            down(
                down(self.captions["point"], self.point, spacing=4),
                across(self.light, None),
                self.reasons,
                choice,
                self.subject,
                above_text,
                self.text,
                self.ending,
                self.changed,
                self.wording,
                self.override,
                spacing=8,
            )
        )
        inside = panel()
        inside.setLayout(down(self.reminder, self.nothing, self.form, None, spacing=8, margins=(16, 12, 16, 12)))
        foot = panel()
        foot.setLayout(down(self.problem, self.record, spacing=6, margins=(16, 8, 16, 14)))
        self.setLayout(down(TallArea(inside), line(), foot, spacing=0))
        self.layout().setStretch(0, 1)  # type: ignore[union-attr]
        self.setFocusProxy(self.template)

    # ---- showing ----

    def show_case(self, case: CaseView) -> None:
        same = self._case is not None and self._case.case_id == case.case_id
        self._case = case
        points = self._desk.messages.points(case.case_id)
        shown = {row.id: row for row in case.points}
        before = self.point.currentData() if same else ""
        self._filling = True
        self.point.clear()
        for point in points:
            row = shown[point.id]
            whose = f"{self._look.say(row.owner)} · {self._look.tr(label_text(row.label))}"
            self.point.addItem(f"{MARKS[point.light.verdict]}  {row.masked} · {whose}", point.id)
        form = _form_of(self.drafting.open(case.case_id)) if not same else self._form()
        place = self.point.findData(before or form.point)
        self.point.setCurrentIndex(max(0, place))
        self.reminder.setText(self._look.say(self._desk.reminders.why(case.case_id)))
        self.form.setVisible(bool(points))
        self.nothing.setVisible(not points)
        if points and not same:
            self.text.setPlainText(form.text)
            self.subject.set_text(form.subject)
            self.override.set_text(form.override_reason)
            self._choose(self.language, form.language or self._desk.messages.language(case.case_id))
        self._filling = False
        self._fill_templates(form.template)
        self.check()

    def retranslate(self) -> None:
        tr = self._look.tr
        for name, text in (
            ("point", tr("To")),
            ("template", tr("Template")),
            ("language", tr("Language")),
            ("text", tr("Text")),
        ):
            self.captions[name].setText(text)
        for combo, text in ((self.point, tr("To")), (self.template, tr("Template")), (self.language, tr("Language"))):
            combo.setAccessibleName(text)
        self.text.setAccessibleName(tr("Text"))
        self.text.setFixedHeight(self._look.tokens.px(150))
        self.subject.retranslate()
        self.override.retranslate()
        describe(self._look, self)
        self.nothing.setText(tr("There is no telephone and no e-mail address that a message could go to."))
        self.record.setText(with_key(tr("Queue the message"), "Ctrl ↵"))
        if self._case is not None:
            self.reminder.setText(self._look.say(self._desk.reminders.why(self._case.case_id)))
            self._fill_templates(self.template.currentData() or "")
            self.check()

    def _fill_templates(self, chosen: str) -> None:
        """Those for whom the point belongs to; what the case does not allow stays in the list and cannot be taken."""
        if self._case is None or not self.point.count():
            return
        language, titles = self.language.currentData(), self._look.language
        self._choices = self._desk.messages.choices(self._case.case_id, self.point.currentData(), language)
        self._filling = True
        self.template.clear()
        self.template.addItem(self._look.tr("Own words"), "")
        for place, choice in enumerate(self._choices, 1):
            title = choice.title[titles]
            self.template.addItem(title, choice.id)
            if choice.why is not None:
                self.template.model().item(place).setEnabled(False)  # type: ignore[attr-defined]  # a plain item model
                self.template.setItemText(place, f"⊘ {title} · {self._look.say(choice.why)}")
        self._choose(self.template, chosen)
        self._filling = False

    @staticmethod
    def _choose(combo: QComboBox, data: str) -> None:
        combo.setCurrentIndex(max(0, combo.findData(data)))

    # ---- typing ----

    def _form(self) -> MessageForm:
        return MessageForm(
            point=self.point.currentData() or "",
            template=self.template.currentData() or "",
            language=self.language.currentData() or "",
            subject=self.subject.text(),
            text=self.text.toPlainText(),
            override_reason=self.override.text(),
        )

    def _aimed(self) -> None:
        """Another contact point: other templates, another light."""
        if not self._filling:
            self._fill_templates(self.template.currentData() or "")
            self._typed()

    def _chosen(self) -> None:
        """Another template or language: its text takes the place of what stands there, which Ctrl Z brings back."""
        if self._filling or self._case is None:
            return
        form = self._form()
        if form.template:
            try:
                subject, text = self._desk.messages.fill(self._case.case_id, form)
            except WorkstationError as error:
                self.failed.emit(self._look.say(error.message))
                return
            self.subject.set_text(subject)
            self.text.selectAll()
            self.text.insertPlainText(text)
        self._fill_templates(form.template)
        self._typed()

    def _typed(self) -> None:
        if not self._filling and self._case is not None:
            self.drafting.touch()
            self._later.start()

    def check(self) -> None:
        """Light, length and words, as the message stands."""
        if self._case is None or not self.point.count():
            self.problem.hide()
            self.record.setEnabled(False)
            return
        check = self.checked = self._desk.messages.check(self._case.case_id, self._form())
        say, tr = self._look.say, self._look.tr
        self.subject.setVisible(check.channel == "email")
        self.light.show_light(check.light)
        self.reasons.setText("\n".join(say(reason) for reason in check.light.reasons))
        self.reasons.setVisible(bool(check.light.reasons))
        self.override.setVisible(check.light.verdict == "warn")
        self.wording.setText("\n".join(say(remark.message) for remark in check.remarks))
        self.wording.setVisible(bool(check.remarks))
        self.ending.setText(tr("Added at the end, as the law asks: {ending}", ending=check.ending))
        self.ending.setVisible(bool(check.ending))
        self.changed.setText(tr("Changed from the template: judged as your own words."))
        self.changed.setVisible(check.changed and bool(self.text.toPlainText().strip()))
        self._show_length(check)
        empty = not self.text.toPlainText().strip()
        told = check.remarks and check.field == "text"  # stands under the text already
        self.problem.setText("" if empty or told else say(check.problem))
        self.problem.setVisible(bool(self.problem.text()))
        self.record.setEnabled(check.problem is None)

    def _show_length(self, check: MessageCheck) -> None:
        say = self._look.say
        characters = say(nmsg("{n} character", "{n} characters", len(self.text.toPlainText().strip())))
        if check.segments is None:
            self.length.setText(characters)
            return
        found = check.segments
        said = [characters, say(nmsg("{n} SMS", "{n} SMS", found.parts)), found.encoding]
        if 0 < len(found.forced) <= FEW:
            signs = " ".join(found.forced)
            said[-1] = self._look.tr("{encoding} because of {signs}", encoding=found.encoding, signs=signs)
        self.length.setText(" · ".join(said))

    # ---- doing ----

    def save(self) -> None:
        """Queue the message; the light is asked once more."""
        if self._case is None or not self.point.count():
            return
        try:
            changes = self._desk.messages.queue(self._case.case_id, self._form())
        except WorkstationError as error:
            self.check()
            fields = {"override_reason": self.override.edit, "subject": self.subject.edit, "point": self.point}
            (fields.get(error.field or "") or self.text).setFocus()
            self.failed.emit(self._look.say(error.message))
            return
        self._filling = True
        self.text.setPlainText("")
        self.subject.set_text("")
        self.override.set_text("")
        self._choose(self.template, "")
        self._filling = False
        self.drafting.clear()
        self._desk.announce(changes)
        self.done.emit(self._look.tr("Queued: it leaves after the next synchronisation."))

    def draft(self) -> str:
        form = self._form()
        return msgspec.json.encode(form).decode() if form.text.strip() or form.subject.strip() else ""


def _form_of(draft: str | None) -> MessageForm:
    """The kept form; a draft of another version starts anew rather than failing."""
    if not draft:
        return MessageForm()
    try:
        return msgspec.json.decode(draft, type=MessageForm)
    except msgspec.DecodeError:
        return MessageForm()
