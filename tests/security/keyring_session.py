"""Real keyring daemons on a session bus of their own, no desktop needed: gnome-keyring and KDE's wallet."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GNOME = ("dbus-run-session", "dbus-send", "gnome-keyring-daemon")
KDE = ("dbus-run-session", "dbus-send", "kwalletd5")

PRELUDE = """
import json, os
from workstation.domain.errors import WorkstationError
from workstation.security.credentials import Credentials

def lock():
    import secretstorage
    bus = secretstorage.dbus_init()
    secretstorage.get_default_collection(bus).lock()

def attempt(act):
    try:
        return act()
    except WorkstationError as error:
        return error.code

def open_wallet():
    # What pam_kwallet does when somebody signs in to the desktop: the key from their password, without a window.
    import hashlib
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection
    folder = os.path.join(os.environ["XDG_DATA_HOME"], "kwalletd")
    os.makedirs(folder, exist_ok=True)
    salt = os.path.join(folder, "kdewallet.salt")
    if not os.path.exists(salt):
        with open(salt, "wb") as file:
            file.write(os.urandom(56))
    with open(salt, "rb") as file:
        key = hashlib.pbkdf2_hmac("sha512", b"login password", file.read(), 50000, 56)
    where = DBusAddress("/modules/kwalletd5", "org.kde.kwalletd5", "org.kde.KWallet")
    open_dbus_connection().send_and_get_reply(new_method_call(where, "pamOpen", "sayi", ("kdewallet", key, 0)))

"""

# A bus that starts nothing by itself: what is installed here besides does not decide what a scenario meets.
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""

# Ended by its own id; the scenario starts when the daemon owns its name, else the bus would start a second one.
_SESSION = """
    wait_for() { until dbus-send --session --print-reply --dest=org.freedesktop.DBus / \\
        org.freedesktop.DBus.NameHasOwner "string:$1" | grep -q true
        do kill -0 $2 || exit 1; done; }
    for daemon in $3; do
        case $daemon in
        gnome)
            gnome-keyring-daemon --foreground --unlock --components=secrets <"$2" >/dev/null 2>&1 & gnome=$!
            wait_for org.freedesktop.secrets $gnome;;
        kde)
            QT_QPA_PLATFORM=offscreen kwalletd5 >/dev/null 2>&1 & kde=$!
            wait_for org.kde.kwalletd5 $kde;;
        esac
    done
    "$0" -c "$1"; code=$?
    for id in $gnome $kde; do kill $id; wait $id; done
    exit $code
"""


def missing(needed: tuple[str, ...]) -> str:
    """Which of the programs are not installed, or nothing."""
    return ", ".join(name for name in needed if shutil.which(name) is None)


def run_session(home: Path, daemons: str, scenario: str, *, wallet_offers_service: bool = False) -> Any:
    """Run `scenario` in a new process beside the named daemons (`gnome`, `kde`); its JSON output comes back.

    The keyrings' files are below `home` and stay from one run to the next.
    """
    (home / "run").mkdir(mode=0o700, exist_ok=True)
    (home / "config").mkdir(exist_ok=True)
    (home / "login").write_text("login password")
    (home / "config" / "kwalletrc").write_text(
        "[Wallet]\nEnabled=true\nFirst Use=false\nDefault Wallet=kdewallet\nPrompt on Open=false\n"
        f"[org.freedesktop.secrets]\napiEnabled={str(wallet_offers_service).lower()}\n"
    )
    (home / "bus.conf").write_text(_BUS)
    done = subprocess.run(
        [
            "dbus-run-session",
            f"--config-file={home / 'bus.conf'}",
            "--",
            "sh",
            "-c",
            _SESSION,
            sys.executable,
            PRELUDE + scenario,
            home / "login",
            daemons,
        ],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_RUNTIME_DIR": str(home / "run"),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
