"""A keyring that changes under the program: what was left in the old one is found and moved, and the person is told.

With real daemons: gnome-keyring with two collections, KDE's wallet by itself and as the Secret Service.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.keyring_session import GNOME, KDE, missing, run_session

no_gnome = missing(GNOME)
no_kde = missing(KDE)
needs_gnome = pytest.mark.skipif(bool(no_gnome), reason=f"not installed: {no_gnome} (apt: dbus gnome-keyring)")
needs_kde = pytest.mark.skipif(bool(no_kde), reason=f"not installed: {no_kde} (apt: dbus libkf5wallet-bin)")

KEEP = """
kept.remember_password("db.example:5432/ws", "li.na", "pässword 密码")
kept.keep_blob("certificate", bytes(range(256)) * 20)
kept.store_key("li.na")
"""
SHOW = """
def shown(kept):
    file = kept.blob("certificate")
    return [kept.password("db.example:5432/ws", "li.na"), None if file is None else len(file),
            (kept.kept_store_key("li.na") or b"").hex()]
"""
SECOND_COLLECTION = """
import secretstorage
from jeepney import DBusAddress, new_method_call
from secretstorage.util import open_session, format_secret
bus = secretstorage.dbus_init()

def with_password(path, interface, method, *values):
    # gnome-keyring's own way to give a password without a window, made for tests such as these.
    session = open_session(bus)
    secret = format_secret(session, b"another password", "text/plain")
    inner = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
    where = DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", inner)
    signature, arguments = (("a{sv}(oayays)", (values[0], secret)) if method == "CreateWithMasterPassword"
                            else ("o(oayays)", (values[0], secret)))
    reply = bus.send_and_get_reply(new_method_call(where, method, signature, arguments))
    return reply.body

def second():
    label = {"org.freedesktop.Secret.Collection.Label": ("s", "second")}
    return with_password(None, None, "CreateWithMasterPassword", label)[0]

def default():
    # By its own path: secretstorage follows the alias, which is about to change.
    where = DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", "org.freedesktop.Secret.Service")
    path = bus.send_and_get_reply(new_method_call(where, "ReadAlias", "s", ("default",))).body[0]
    return secretstorage.Collection(bus, path)

def make_default(path):
    where = DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", "org.freedesktop.Secret.Service")
    bus.send_and_get_reply(new_method_call(where, "SetAlias", "so", ("default", path)))
"""


@needs_gnome
def test_another_default_collection_takes_over_what_the_first_one_held(tmp_path: Path) -> None:
    before, after, told, left = run_session(
        tmp_path,
        "gnome",
        SECOND_COLLECTION
        + SHOW
        + "kept = Credentials()"
        + KEEP
        + """
before = shown(kept)
first = default()
make_default(second())
now = Credentials()
after = [shown(now), shown(Credentials())]
left = [item.get_label() for item in first.get_all_items()]
print(json.dumps([before, after, [said.plain() for said in now.notices], left]))
""",
    )
    assert after == [before, before], "moved, and still there for the next program"
    assert before[0] == "pässword 密码"
    assert left == []
    assert len(told) == 3
    assert all("has been moved to" in said for said in told)


@needs_gnome
def test_a_locked_old_collection_is_named_and_its_store_key_never_taken_for_lost(tmp_path: Path) -> None:
    outcome, sentences, still_there = run_session(
        tmp_path,
        "gnome",
        SECOND_COLLECTION
        + SHOW
        + "kept = Credentials()"
        + KEEP
        + """
before = shown(kept)
first = default()
make_default(second())
first.lock()
now = Credentials()
outcome = [now.password("db.example:5432/ws", "li.na"), attempt(lambda: now.kept_store_key("li.na")),
           attempt(lambda: now.store_key("li.na")), attempt(lambda: now.kept_store_key("nobody"))]
make_default(first.collection_path)
inner = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
session = open_session(bus)
bus.send_and_get_reply(new_method_call(DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", inner),
    "UnlockWithMasterPassword", "o(oayays)",
    (first.collection_path, format_secret(session, b"login password", "text/plain"))))
print(json.dumps([outcome, [said.plain() for said in now.notices], shown(Credentials()) == before]))
""",
    )
    assert outcome == [None, "keyring_locked", "keyring_locked", None]
    assert len(sentences) == 1
    assert "stayed locked" in sentences[0]
    assert still_there


@needs_kde
def test_kwallet_keeps_what_it_is_given_and_lets_go_of_it(tmp_path: Path) -> None:
    first = run_session(
        tmp_path,
        "kde",
        SHOW + "open_wallet(); kept = Credentials()" + KEEP + "print(json.dumps([kept.backend_name, *shown(kept)]))",
    )
    second, gone = run_session(
        tmp_path,
        "kde",
        SHOW
        + """
open_wallet()
kept = Credentials()
found = [kept.backend_name, *shown(kept)]
kept.forget("db.example:5432/ws", "li.na"); kept.forget_blob("certificate"); kept.forget_store_key("li.na")
print(json.dumps([found, shown(Credentials())]))
""",
    )
    assert first == second
    assert first[:3] == ["KWallet", "pässword 密码", 5120]
    assert gone == [None, None, ""]
    wallet = (tmp_path / "data" / "kwalletd" / "kdewallet.kwl").read_bytes()
    for form in ("pässword 密码".encode(), "pässword 密码".encode("utf-16-be")):
        assert form not in wallet, "the daemon keeps it encrypted"


@needs_kde
@needs_gnome
def test_from_the_secret_service_to_kwallet_and_back(tmp_path: Path) -> None:
    there, told, back, told_back, nothing_left = run_session(
        tmp_path,
        "gnome kde",
        SHOW
        + "open_wallet(); kept = Credentials()"
        + KEEP
        + """
from workstation.security.kwallet import running_kwallet
before = shown(kept)
wallet = Credentials(running_kwallet())
there = shown(wallet) == shown(Credentials(running_kwallet())) == before
import secretstorage
left = list(secretstorage.get_default_collection(secretstorage.dbus_init()).get_all_items())
again = Credentials()
back = shown(again) == shown(Credentials()) == before
print(json.dumps([there, [said.plain() for said in wallet.notices], back, [said.plain() for said in again.notices],
                  left == []]))
""",
    )
    assert there
    assert back
    assert nothing_left
    assert len(told) == len(told_back) == 3
    assert all("“Secret Service”; it has been moved to “KWallet”" in said for said in told)
    assert all("“KWallet”; it has been moved to “SecretService Keyring”" in said for said in told_back)


@needs_kde
@needs_gnome
def test_signing_out_removes_a_copy_left_in_the_old_keyring(tmp_path: Path) -> None:
    """A move stopped between writing and removing leaves two copies: both go when the secret is forgotten."""
    gone = run_session(
        tmp_path,
        "gnome kde",
        """
open_wallet()
from workstation.security.kwallet import running_kwallet
from workstation.security.credentials import PASSWORDS
kept = Credentials()
kept.remember_password("s", "li.na", "pw")
running_kwallet().set_password(PASSWORDS, "li.na@s", "pw")
kept.forget("s", "li.na")
print(json.dumps([Credentials().password("s", "li.na"), Credentials(running_kwallet()).password("s", "li.na")]))
""",
    )
    assert gone == [None, None]


@needs_kde
def test_kwallet_begins_to_offer_the_secret_service(tmp_path: Path) -> None:
    """The same daemon after an update: what stood in the wallet itself goes where its Secret Service keeps things."""
    before = run_session(
        tmp_path, "kde", SHOW + "open_wallet(); kept = Credentials()" + KEEP + "print(json.dumps(shown(kept)))"
    )
    name, after, told = run_session(
        tmp_path,
        "kde",
        SHOW
        + """
open_wallet()
import secretstorage
from jeepney import DBusAddress, new_method_call
bus = secretstorage.dbus_init()
path = [found.collection_path for found in secretstorage.get_all_collections(bus)][0]
where = DBusAddress("/org/freedesktop/secrets", "org.freedesktop.secrets", "org.freedesktop.Secret.Service")
bus.send_and_get_reply(new_method_call(where, "SetAlias", "so", ("default", path)))
kept = Credentials()
print(json.dumps([kept.backend_name, [shown(kept), shown(Credentials())], [said.plain() for said in kept.notices]]))
""",
        wallet_offers_service=True,
    )
    assert name.startswith("SecretService")
    assert after == [before, before]
    assert len(told) == 3
