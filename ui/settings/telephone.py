"""How calls are dialled: the choice, what it needs, and a test that calls nobody. The secret is never shown again."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit

from ui.background import run
from ui.desk_port import Desk
from ui.look import _L, Look
from ui.widgets.basic import across, button, down, label, set_property
from ui.widgets.field import EntryField
from workstation.domain.errors import WorkstationError
from workstation.settings import Telephone

WAYS = (
    ("hand", _L("By hand")),
    ("tel", _L("What opens tel: here")),
    ("sip", _L("What opens sip: here")),
    ("http", _L("Telephone system")),
)
HINTS = {
    "hand": _L("Ctrl D shows the number for some seconds, which is an entry in the history."),
    "tel": _L("A softphone or a paired mobile. Other programs of yours may see the number while it starts."),
    "sip": _L("A softphone. Other programs of yours may see the number while it starts."),
    "http": _L("Rings your telephone, then the number, and tells when it was answered and ended."),
}
NEEDED = {"sip": ("sip_domain",), "http": ("url", "extension", "secret")}


class TelephoneCard(QFrame):
    """Each change is kept once it can work; until then it says what is wrong and the one before stays."""

    def __init__(self, look: Look, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("telephone_card")
        self.setProperty("role", "card")
        self._look, self._telephone = look, desk.telephone
        self.caption, self.hint = label(role="strong"), label(role="muted", wrap=True)
        self.way = QComboBox()
        self.way.setObjectName("telephone_way")
        self.way.setMinimumWidth(220)
        self.fields = {
            "url": EntryField(look, _L("Address"), _L("https://pbx.example.org/api"), name="telephone_url"),
            "sip_domain": EntryField(look, _L("SIP domain"), _L("sip.example.org"), name="telephone_sip_domain"),
            "extension": EntryField(look, _L("Your extension"), "801", name="telephone_extension"),
            "secret": EntryField(look, _L("Secret"), _L("empty: the one in the keyring"), name="telephone_secret"),
        }
        self.fields["secret"].edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.said = label(role="caption", wrap=True)
        self.said.setObjectName("telephone_said")
        self.said.hide()
        self.test = button(clicked=self.try_it)
        self.test.setObjectName("telephone_test")
        self._show_chosen()
        self.way.currentIndexChanged.connect(self._way_chosen)
        for field in self.fields.values():
            field.edit.editingFinished.connect(self.keep)
        fields = tuple(self.fields.values())
        choice, below = across(self.caption, None, self.way), across(None, self.test)
        self.setLayout(down(choice, self.hint, *fields, self.said, below, spacing=12, margins=(24, 24, 24, 24)))
        look.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        tr = self._look.tr
        self.caption.setText(tr("Telephone"))
        self.way.setAccessibleName(tr("Telephone"))
        for place, (_, text) in enumerate(WAYS):
            self.way.setItemText(place, tr(text))
        for field in self.fields.values():
            field.retranslate()
        self.test.setText(tr("Test without calling"))
        self._show_needed()

    def _show_chosen(self) -> None:
        chosen = self._telephone.chosen()
        for way, _ in WAYS:
            self.way.addItem("", way)
        self.way.setCurrentIndex(self.way.findData(chosen.way))
        for name in ("url", "sip_domain", "extension"):
            self.fields[name].set_text(getattr(chosen, name))

    def _way_chosen(self) -> None:
        self.said.hide()
        self._show_needed()
        wanted = self._typed()
        if self.way.currentData() not in NEEDED or (wanted.url if wanted.way == "http" else wanted.sip_domain):
            self.keep()  # else it is kept once its fields are filled in

    def _show_needed(self) -> None:
        way = self.way.currentData()
        for name, field in self.fields.items():
            field.setVisible(name in NEEDED.get(way, ()))
        self.test.setVisible(way == "http")
        self.hint.setText(self._look.tr(HINTS[way]))

    def _typed(self) -> Telephone:
        text = {name: self.fields[name].text().strip() for name in ("url", "sip_domain", "extension")}
        return Telephone(way=self.way.currentData(), **text)

    def keep(self) -> None:
        """Keep what is typed."""
        self._keep(lambda: self._say(""))

    def try_it(self) -> None:
        """Keep what is typed and ask the telephone system all that dialling would."""
        self._say(self._look.tr("Asking …"))
        self.test.setEnabled(False)
        well = self._look.tr("The telephone system answers and would dial.")
        self._keep(lambda: run(self, self._telephone.test, lambda _: self._say(well), self._refused))

    def _keep(self, then: Callable[[], None]) -> None:
        """Not in this thread: the keyring may ask the person something."""
        wanted, secret = self._typed(), self.fields["secret"].text()

        def kept(_: None) -> None:
            if self.fields["secret"].text() == secret:
                self.fields["secret"].edit.clear()  # it is in the keyring, and never shown again
            then()

        run(self, lambda: self._telephone.choose(wanted, secret), kept, self._refused)

    def _refused(self, error: WorkstationError) -> None:
        self._say(self._look.say(error.message), "error")

    def _say(self, text: str, role: str = "caption") -> None:
        self.test.setEnabled(True)
        set_property(self.said, "role", role)
        self.said.setText(text)
        self.said.setVisible(bool(text))
