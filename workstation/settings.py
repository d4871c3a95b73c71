"""Where the program keeps its files, and what a person chose: language, look, server. Never a secret."""

from __future__ import annotations

import logging
import os
import tempfile
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import platformdirs

from workstation.domain.message import Message, msg

log = logging.getLogger(__name__)

APP = "collector-workstation"

Theme = Literal["system", "light", "dark"]
TextScale = Annotated[int, msgspec.Meta(ge=75, le=200)]
Idle = Annotated[int, msgspec.Meta(ge=0, le=3600)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]


class ServerAddress(msgspec.Struct, frozen=True):
    """Where the central database is. An empty `host` means: not set yet. `sslrootcert` is a file of CA certificates.

    `pooled`: behind PgBouncer, which cannot bind a sign-in to its TLS channel.
    """

    host: str = ""
    port: Port = 5432
    database: str = "workstation"
    sslrootcert: str = ""
    pooled: bool = False


class Telephone(msgspec.Struct, frozen=True):
    """How calls are dialled: by hand, through what opens `tel:` or `sip:`, or a telephone system over HTTPS.

    The telephone system's secret is in the keyring, by `url`.
    """

    way: Literal["hand", "tel", "sip", "http"] = "hand"
    url: str = ""
    sip_domain: str = ""
    extension: str = ""  # of the telephone that rings first


class MailServer(msgspec.Struct, frozen=True):
    """Where a gateway hands e-mail over. The password of `login` is in the keyring."""

    host: str = ""
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"  # "none" on this computer only
    login: str = ""  # empty: the server asks for none
    sender: str = ""
    sender_name: str = ""


class Gateway(msgspec.Struct, frozen=True):
    """What a machine that sends messages needs; `login` is the gateway's at the centre. Secrets are in the keyring."""

    login: str = ""
    mail: MailServer = MailServer()
    sms_url: str = ""


class Log(msgspec.Struct, frozen=True):
    """How much is logged, and where; an empty `folder` is the system's place for logs."""

    level: Literal["error", "warning", "info", "debug"] = "info"
    folder: str = ""


class Settings(msgspec.Struct, frozen=True):
    """What a person chose on this device. Change with `msgspec.structs.replace`, keep with `save`."""

    language: str = ""  # empty: the system's
    theme: Theme = "system"
    text_scale: TextScale = 100  # percent
    large_targets: bool = False  # everything to press at least 44 pixels high, for fingers
    server: ServerAddress = ServerAddress()
    last_login: str = ""
    telephone: Telephone = Telephone()
    idle_seconds: Idle = 0  # after how long alone the seat locks; 0: as the centre says, which is also the most
    cover_unfocused: bool = False  # hide everything while another program's window is in front
    gateway: Gateway = Gateway()
    log: Log = Log()


def home() -> Path:
    """The folder of everything kept on this device; `WORKSTATION_HOME` moves data, settings and logs below itself."""
    chosen = os.environ.get("WORKSTATION_HOME")
    return Path(chosen) if chosen else _usual_home()


@lru_cache(maxsize=1)
def _usual_home() -> Path:
    return platformdirs.user_data_path(APP, appauthor=False)  # asked for with every case that is scored


def config_folder() -> Path:
    chosen = os.environ.get("WORKSTATION_HOME")
    return Path(chosen) / "config" if chosen else platformdirs.user_config_path(APP, appauthor=False)


def log_folder() -> Path:
    chosen = os.environ.get("WORKSTATION_HOME")
    return Path(chosen) / "logs" if chosen else platformdirs.user_log_path(APP, appauthor=False)


def seals_folder() -> Path:
    """Images of the bank's seals, `NAME.png`."""
    return home() / "letters" / "seals"


def settings_file() -> Path:
    return config_folder() / "settings.json"


def load() -> Settings:
    """The kept settings; defaults when there are none yet or the file is broken (see `load_explained`)."""
    return load_explained()[0]


def load_explained() -> tuple[Settings, Message | None]:
    """The kept settings, and a sentence for the user when they could not be used.

    A broken file is put aside under a dated name, never deleted. Fields of a newer version are ignored.
    """
    path = settings_file()
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Settings(), None
    except OSError as error:
        return Settings(), msg(
            "The settings file {file} cannot be read ({reason}); the defaults are used.",
            file=str(path),
            reason=error.strerror or type(error).__name__,
        )
    try:
        return msgspec.json.decode(raw, type=Settings), None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        log.warning("settings file is broken: %s", type(error).__name__)
        return Settings(), _put_aside(path)


def save(settings: Settings) -> None:
    """Write the settings whole: a crash leaves the old file or the new one, never half of either.

    Raises `OSError` when the folder cannot be written.
    """
    # Decoding what will be written refuses a value that `load` would refuse later.
    data = msgspec.json.encode(settings)
    msgspec.json.decode(data, type=Settings)
    folder = config_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=folder, prefix=".settings-", suffix=".json")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.json.format(data, indent=2) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(folder / "settings.json")
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _put_aside(path: Path) -> Message:
    kept = path.with_name(f"settings.broken-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.json")
    try:
        path.replace(kept)
    except OSError as error:
        return msg(
            "The settings file {file} is broken and could not be put aside ({reason}); the defaults are used.",
            file=str(path),
            reason=error.strerror or type(error).__name__,
        )
    return msg("The settings file was broken. It is kept as {file}; the defaults are used.", file=str(kept))
