"""A support bundle: what helps to find a fault and names nobody, as files one reads before sending them.

Versions, the doctor's findings, the settings without logins and addresses, the redacted logs. Never the store, a key,
a password, or anything of a case.
"""

from __future__ import annotations

import os
import platform
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import msgspec

import workstation
from workstation import settings
from workstation.desk.doctor import Finding
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.security import logs
from workstation.security.redaction import LEFT_OUT, scrubbed

LOG_BYTES = 400_000  # of each log, its end
_EPOCH = (1980, 1, 1, 0, 0, 0)
_SECRETIVE = re.compile(r"password|secret|login|sender|url|host|domain|extension|key|token|folder|cert", re.IGNORECASE)


class BundleNotWritten(WorkstationError):
    code = "bundle_not_written"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the bundle; `what` says to the person what it is."""

    name: str
    what: Message
    text: str


def collect(findings: Sequence[Finding], say: Callable[[Message], str]) -> list[Part]:
    """The files of the bundle, as they would be sent. `findings` are the doctor's, `say` words them."""
    known = settings.load()
    hidden = _hidden(known)
    examined = [scrubbed(f"{found.state:5}{found.name}: {say(found.message)}", *hidden) for found in findings]
    parts = [
        Part("versions.txt", msg("Versions of the program, of the system and of its packages"), _versions()),
        Part(
            "doctor.txt", msg("What was found on this device, without logins and addresses"), "\n".join(examined) + "\n"
        ),
        Part("settings.json", msg("The settings, without logins, addresses and servers"), _settings(known)),
    ]
    folder = logs.folder()
    for path in sorted(folder.glob("*.log*")) if folder.is_dir() else []:
        parts.append(
            Part(f"logs/{path.name}", msg("The program's log: codes, counts and places in the program"), _end(path))
        )
    crash = folder / logs.CRASHES
    if crash.is_file() and crash.stat().st_size:
        parts.append(Part(f"logs/{crash.name}", msg("Where the program crashed"), scrubbed(_end(crash), *hidden)))
    return parts


def write(parts: Sequence[Part], out: Path) -> None:
    """The zip file, whole or not at all, readable by its owner only."""
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=".support-", suffix=".zip")
        try:
            with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
                for part in parts:
                    entry = zipfile.ZipInfo(part.name, _EPOCH)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    bundle.writestr(entry, part.text.encode("utf-8", "backslashreplace"))
            Path(name).replace(out)
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BundleNotWritten(
            msg(
                "{file} could not be written ({reason}). Nothing was left behind.",
                file=out.name,
                reason=error.strerror or type(error).__name__,
            ),
            field="out",
        ) from error


def _versions() -> str:
    lines = [
        f"workstation {workstation.__version__}",
        f"Python {platform.python_version()} {platform.python_implementation()} {platform.machine()}",
        f"system {platform.system()} {platform.release()}",
        f"packaged {bool(getattr(sys, 'frozen', False))}",
    ]
    lines += sorted(f"{each.name} {each.version}" for each in metadata.distributions())
    return "\n".join(lines) + "\n"


def _settings(known: settings.Settings) -> str:
    shown = _without_secrets(msgspec.to_builtins(known))
    return msgspec.json.format(msgspec.json.encode(shown), indent=2).decode() + "\n"


def _without_secrets(value: object, name: str = "") -> object:
    if isinstance(value, dict):
        return {key: _without_secrets(each, str(key)) for key, each in value.items()}
    if isinstance(value, str) and value and (_SECRETIVE.search(name) or name in {"database", "sender_name"}):
        return LEFT_OUT
    return value


def _hidden(known: settings.Settings) -> list[str]:
    """Words that say who works here or where: logins, servers, the person's own folder."""
    words = [known.last_login, known.gateway.login, known.server.host, known.server.database, known.gateway.mail.host,
             known.gateway.mail.login, known.gateway.mail.sender, known.gateway.sms_url, known.telephone.url,
             known.telephone.sip_domain, known.telephone.extension, str(settings.home()), str(Path.home()),
             platform.node()]  # fmt: skip
    seats = settings.home() / "seats"
    for path in seats.rglob("*.store*") if seats.is_dir() else []:
        words += [path.name.partition(".store")[0], path.parent.name]
    return [word for word in words if len(word) > 1]


def _end(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - LOG_BYTES))
        text = file.read(LOG_BYTES).decode("utf-8", "replace")
    return text if path.stat().st_size <= LOG_BYTES else text.partition("\n")[2]
