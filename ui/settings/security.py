"""What protects this seat: PIN, key, password, when it locks, what is covered, and signing out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtWidgets import QComboBox, QFrame, QWidget

from ui.background import run
from ui.desk_port import Desk
from ui.lock.pin_form import PinForm, secret_field
from ui.look import _L, Look
from ui.widgets.basic import button, down, label, line, set_property, show_if
from ui.widgets.flow import FlowLayout
from workstation import settings
from workstation.domain.errors import WorkstationError
from workstation.domain.message import nmsg

if TYPE_CHECKING:
    from ui.shell.window import MainWindow

MINUTES = (1, 2, 3, 5, 10, 15, 30)


class SecurityCard(QFrame):
    """Hidden where there is nothing to keep (practice). Each act says what it did in one line at the foot."""

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("security_card")
        self.setProperty("role", "card")
        self._look, self._desk, self._guard = look, desk, desk.guard
        self.setVisible(desk.guard.keeps)
        self.caption, self.lease = label(role="strong"), label(role="muted", wrap=True)
        self.idle_caption, self.idle = label(), QComboBox()
        self.idle.setObjectName("security_idle")
        self.idle.setMinimumWidth(220)
        self.cover_caption, self.cover = label(), QComboBox()
        self.cover.setObjectName("security_cover")
        self.cover.setMinimumWidth(220)
        for wanted in (False, True):
            self.cover.addItem("", wanted)
        self.cover.setCurrentIndex(self.cover.findData(settings.load().cover_unfocused))
        self.pin = button(clicked=self._pin)
        self.pin.setObjectName("security_pin")
        self.key = button(clicked=self._new_key)
        self.key.setObjectName("security_key")
        self.password = button(clicked=lambda: self._open(self.password_fields))
        self.password.setObjectName("security_password")
        self.present = secret_field(look, _L("Present PIN"), "security_present_pin")
        self.form = PinForm(look, lambda: desk.login)
        self.form.chosen.connect(self._change_pin)
        self.pin_fields = QWidget()
        self.pin_fields.setLayout(down(self.present, self.form, spacing=10))
        self.old = secret_field(look, _L("Present password"), "security_old_password")
        self.new = secret_field(look, _L("New password"), "security_new_password")
        self.again = secret_field(look, _L("The same password again"), "security_password_again")
        self.change = button(role="primary", clicked=self._change_password)
        self.change.setObjectName("security_change_password")
        self.again.edit.returnPressed.connect(self._change_password)
        self.password_fields = QWidget()
        self.password_fields.setLayout(down(self.old, self.new, self.again, self.change, spacing=10))
        self.leaving = label(role="muted", wrap=True)
        self.out = button(clicked=lambda: self._sign_out(remove=False))
        self.out.setObjectName("security_sign_out")
        self.remove = button(clicked=lambda: self._sign_out(remove=True))
        self.remove.setObjectName("security_remove")
        self.said = label(role="caption", wrap=True)
        self.said.setObjectName("security_said")
        self.said.hide()
        acts, ways_out = FlowLayout(spacing=8), FlowLayout(spacing=8)
        for made in (self.pin, self.key, self.password):
            acts.addWidget(made)
        for made in (self.out, self.remove):
            ways_out.addWidget(made)
        self.setLayout(
            down(
                self.caption,
                self.lease,
                down(self.idle_caption, self.idle, spacing=4),
                down(self.cover_caption, self.cover, spacing=4),
                acts,
                self.pin_fields,
                self.password_fields,
                line(),
                self.leaving,
                ways_out,
                self.said,
                spacing=12,
                margins=(24, 24, 24, 24),
            )
        )
        self._open(None)
        self._fill_idle()
        self.idle.currentIndexChanged.connect(self._keep)
        self.cover.currentIndexChanged.connect(self._keep)
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        if not self._guard.keeps or self._guard.locked:
            return
        tr = self._look.tr
        self.caption.setText(tr("Security"))
        lease = self._guard.lease()
        self.lease.setText("" if lease is None else self._look.say(lease.sentence))
        self.idle_caption.setText(tr("Locks when left alone for"))
        self.idle.setAccessibleName(tr("Locks when left alone for"))
        most = self._guard.longest_idle // 60
        for place in range(self.idle.count()):
            minutes = self.idle.itemData(place)
            self.idle.setItemText(
                place,
                self._look.say(nmsg("{n} minute", "{n} minutes", minutes))
                if minutes
                else self._look.say(nmsg("{n} minute, by the centre", "{n} minutes, by the centre", most)),
            )
        self.cover_caption.setText(tr("While another program is in front"))
        self.cover.setAccessibleName(tr("While another program is in front"))
        self.cover.setItemText(0, tr("this window stays visible"))
        self.cover.setItemText(1, tr("this window is covered"))
        has_pin = self._guard.has_pin
        self.pin.setText(tr("Change the PIN …") if has_pin else tr("Set a PIN …"))
        self.key.setText(tr("New key for the store"))
        show_if(self.key, has_pin)
        self.password.setText(tr("Change the password …"))
        for field in (self.present, self.old, self.new, self.again):
            field.retranslate()
        self.change.setText(tr("Change the password"))
        self.leaving.setText(
            tr(
                "Signing out forgets your password here. The cases stay, closed, until you sign in again, unless you "
                "remove them too; what has not reached the centre is never removed."
            )
        )
        self.out.setText(tr("Sign out"))
        self.remove.setText(tr("Sign out and remove the cases"))

    def _fill_idle(self) -> None:
        most, chosen = self._guard.longest_idle, settings.load().idle_seconds
        self.idle.addItem("", 0)
        for minutes in MINUTES:
            if minutes * 60 < most:
                self.idle.addItem("", minutes)
        self.idle.setCurrentIndex(max(0, self.idle.findData(chosen // 60)))

    def _keep(self) -> None:
        kept = msgspec.structs.replace(
            settings.load(),
            idle_seconds=int(self.idle.currentData()) * 60,
            cover_unfocused=bool(self.cover.currentData()),
        )
        settings.save(kept)

    def _open(self, fields: QWidget | None) -> None:
        """Show one of the two groups of fields, or neither; empty."""
        for group in (self.pin_fields, self.password_fields):
            group.setVisible(group is fields and not group.isVisible())
        for field in (self.present, self.old, self.new, self.again):
            field.edit.clear()
        self.form.clear()
        self.said.hide()
        if not self.pin_fields.isHidden():
            self.present.edit.setFocus()
        elif not self.password_fields.isHidden():
            self.old.edit.setFocus()

    # ---- what is done ----

    @property
    def _window(self) -> MainWindow:
        from ui.shell.window import MainWindow

        window = self.window()
        if not isinstance(window, MainWindow):
            raise TypeError("the card belongs to a signed-in person's window")
        return window

    def _pin(self) -> None:
        if self._guard.has_pin:
            self._open(self.pin_fields)
        else:
            self._window.locking.choose_pin()

    def _change_pin(self, pin: str) -> None:
        old, guard = self.present.text(), self._guard
        run(self, lambda: guard.change_pin(old, pin), lambda _: self._well(_L("The PIN was changed.")), self._refused)

    def _new_key(self) -> None:
        said = self._look.tr("The store is encrypted with a new key …")
        self._window.locking.while_closed(
            said, self._guard.rotate_key, lambda: self._well(_L("The store has a new key.")), self._refused
        )

    def _change_password(self) -> None:
        old, new, guard = self.old.text(), self.new.text(), self._guard
        if new != self.again.text():
            self._say(self._look.tr("The two are not the same. Type it once more."), "error")
            return
        self.change.setEnabled(False)
        done = _L("The password was changed, at the centre and here.")
        run(self, lambda: guard.change_password(old, new), lambda _: self._well(done), self._refused)

    def _sign_out(self, *, remove: bool) -> None:
        self._window.locking.sign_out(remove=remove, failed=self._refused)

    def _well(self, sentence: str) -> None:
        self._open(None)
        self.retranslate()
        self._say(self._look.tr(sentence), "caption")

    def _refused(self, error: WorkstationError) -> None:
        text = self._look.say(error.message)
        if not self.pin_fields.isHidden():
            self.form.show_problem(text)
            self.present.edit.clear()
            return
        self._say(text, "error")

    def _say(self, text: str, role: str) -> None:
        self.change.setEnabled(True)
        set_property(self.said, "role", role)
        self.said.setText(text)
        self.said.setVisible(bool(text))
