"""Looks at this device: what is installed, reachable, locked, out of date. Shows no secret.

It opens stores as a sign-in would and changes nothing else; the centre is only read.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from local_db import outbox, projections
from local_db.engine import open_store
from workstation import settings as kept_settings
from workstation.desk import history_sound, strategy
from workstation.desk.rules import house_file, rules_on
from workstation.desk.telephone import SECRET
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg, nmsg
from workstation.domain.rulepack import JURISDICTIONS, RulePackError
from workstation.security import lease as leases
from workstation.security.credentials import Credentials, KeyringProblem
from workstation.security.lease import Clocks
from workstation.security.vault import PinUsedUp
from workstation.security.vault_state import TRIES, Kept, VaultState
from workstation.settings import ServerAddress, Telephone, home
from workstation.telephony.http_hook import HttpHook, checked_url
from workstation.telephony.system import checked_domain

if TYPE_CHECKING:
    from workstation.sync.server import Server

State = Literal["ok", "warn", "bad"]

DISTRIBUTION = "collector-workstation"
LOW_DISK, NO_DISK = 2 * 1024**3, 200 * 1024**2  # bytes
CONNECT_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `name` is a stable word for scripts; `message` says what was found and what to do."""

    name: str
    state: State
    message: Message


def examine(
    *, today: date | None = None, open_keyring: Callable[[], Credentials] = Credentials, sign_in: bool = True
) -> list[Finding]:
    """Everything there is to say about this device, in the order one would ask.

    With `sign_in`, the last person also signs in at the centre when the keyring holds the password, and a telephone
    system is asked without dialling; without it the centre is only reached.
    """
    chosen, broken = kept_settings.load_explained()
    credentials: Credentials | None = None
    try:
        credentials = open_keyring()
        # Asking for what is not there opens the keyring, and says so when it cannot be opened.
        credentials.password("doctor.invalid", "doctor")
        keyring = Finding("keyring", "ok", msg("Secrets are kept by {name}.", name=credentials.backend_name))
    except KeyringProblem as problem:
        credentials = None
        keyring = Finding("keyring", "bad", problem.message)
    return [
        *_program(),
        *_disk(home()),
        Finding("settings", "warn", broken) if broken else Finding("settings", "ok", msg("The settings are readable.")),
        *_rules(),
        *_strategies(),
        keyring,
        *_stores(credentials, today or date.today()),  # noqa: DTZ011  # the day on this device's own clock
        *_centre(chosen.server, chosen.last_login if sign_in else "", credentials),
        _telephone(chosen.telephone, credentials, ask=sign_in),
    ]


def _program() -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    if (3, 11) <= sys.version_info[:2] < (3, 15):
        yield Finding("python", "ok", msg("Python {version}", version=version))
    else:
        yield Finding("python", "warn", msg("Python {version} is not tested; use 3.11 to 3.14.", version=version))
    try:
        needed = [line for line in metadata.requires(DISTRIBUTION) or [] if "extra ==" not in line]
    except metadata.PackageNotFoundError:
        return  # the packaged program carries everything inside itself
    lacking = sorted(name for line in needed if not _installed(name := _package_name(line)))
    if lacking:
        yield Finding("packages", "bad", msg("Not installed: {names}. Run “make run” again.", names=", ".join(lacking)))
    else:
        yield Finding("packages", "ok", msg("All {count} packages are installed.", count=len(needed)))


def _package_name(requirement: str) -> str:
    end = next((at for at, mark in enumerate(requirement) if mark in "[<>=!~; "), len(requirement))
    return requirement[:end]


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _disk(folder: Path) -> Iterator[Finding]:
    existing = next(part for part in (folder, *folder.parents) if part.exists())
    free = shutil.disk_usage(existing).free
    amount = f"{free / 1024**3:.1f} GiB"
    where = str(folder)
    if not os.access(existing, os.W_OK):
        yield Finding("disk", "bad", msg("{folder} cannot be written: nothing can be saved.", folder=where))
    elif free < NO_DISK:
        yield Finding("disk", "bad", msg("Only {free} free at {folder}: make room.", free=amount, folder=where))
    elif free < LOW_DISK:
        yield Finding("disk", "warn", msg("{free} free at {folder}: make room soon.", free=amount, folder=where))
    else:
        yield Finding("disk", "ok", msg("{free} free at {folder}", free=amount, folder=where))


def _rules() -> Iterator[Finding]:
    """The contact rules of each jurisdiction, with the house's own where there are any."""
    for jurisdiction in JURISDICTIONS:
        try:
            pack = rules_on(jurisdiction)
        except RulePackError as error:
            yield Finding("rules", "bad", error.message)
        else:
            yield Finding("rules", "ok", msg("Contact rules {pack}", pack=pack.name))
    yield Finding("rules", "ok", msg("A bank's own rules go into {folder}", folder=str(house_file("").parent)))


def _strategies() -> Iterator[Finding]:
    """What decides the next treatment: the house's file where there is one, with its fault where it cannot be used."""
    found = map(strategy.in_force, JURISDICTIONS)
    for decides in {each.path: each for each in found}.values():  # one file may serve several
        if decides.fault is None:
            yield Finding("strategy", "ok", msg("Strategy {name}", name=decides.strategy.name))
        else:
            said = msg("The shipped strategy is used meanwhile: {fault}", fault=decides.fault)
            yield Finding("strategy", "bad", said)
    yield Finding("strategy", "ok", msg("A bank's own strategy goes into {folder}", folder=str(strategy.folder())))


def _stores(credentials: Credentials | None, today: date) -> Iterator[Finding]:
    """Each seat's store on this device: private, its key there, intact, its projections as its events say."""
    for path in sorted((home() / "seats").glob("*/*.store")):
        seat = f"{path.parent.name}/{path.stem}"  # also the name of its key, see session.py
        name = f"store {seat}"
        if os.name == "posix" and path.parent.stat().st_mode & 0o077:
            yield Finding(
                name,
                "warn",
                msg("Others on this computer can look into {folder}; set its mode to 700.", folder=str(path.parent)),
            )
        if credentials is None:
            yield Finding(name, "warn", msg("Not looked into: without the keyring there is no key."))
            continue
        try:
            state = Kept(credentials, seat, path).read()
            if state is not None:
                yield _lease(seat, state)
            if state is not None and state.guarded:
                yield _behind_pin(name, state)
                continue
            key = credentials.kept_store_key(seat)
            yield Finding(name, "bad", _no_key(path)) if key is None else _store(name, path, key, today)
        except WorkstationError as problem:
            yield Finding(name, "bad", problem.message)


def _lease(seat: str, state: VaultState) -> Finding:
    """How long this seat still opens without contact with the centre."""
    found = leases.status(state.lease, Clocks())
    level: State = "ok" if found.state == "fine" else "warn" if found.state == "soon" else "bad"
    return Finding(f"lease {seat}", level, found.sentence)


def _behind_pin(name: str, state: VaultState) -> Finding:
    if state.tries >= TRIES:
        return Finding(name, "warn", PinUsedUp().message)
    return Finding(name, "ok", msg("Closed with a PIN; not looked into."))


def _no_key(path: Path) -> Message:
    return msg("The keyring has no key for {file}. Restore the keyring; do not delete the store.", file=str(path))


def _store(name: str, path: Path, key: bytes, today: date) -> Finding:
    damaged = msg(
        "{file} is damaged. Copy it away before the next sign-in and tell your administrator.", file=str(path)
    )
    store = open_store(path, key)
    try:
        with store.read() as conn:
            # One row per page whose authentication code is not its content's.
            if conn.exec_driver_sql("PRAGMA cipher_integrity_check").fetchall():
                return Finding(name, "bad", damaged)
            spoilt = history_sound.of_store(conn)
            if spoilt is not None:
                return Finding(name, "bad", spoilt)
            return _inside(name, projections.check(conn, today), outbox.waiting(conn))
    except sa.exc.DatabaseError:
        return Finding(name, "bad", damaged)
    finally:
        store.close()


def _inside(name: str, differing: list[str], waiting: int) -> Finding:
    if differing:
        return Finding(
            name,
            "bad",
            nmsg(
                "{n} case is shown otherwise than its events say; it is put right with the next change of the case.",
                "{n} cases are shown otherwise than their events say; they are put right with their next change.",
                len(differing),
            ),
        )
    if waiting:
        return Finding(
            name,
            "ok",
            nmsg(
                "Intact; {n} event waits to be sent to the centre.",
                "Intact; {n} events wait to be sent to the centre.",
                waiting,
            ),
        )
    return Finding(name, "ok", msg("Intact; everything has been sent to the centre."))


def _centre(server: ServerAddress, login: str, credentials: Credentials | None) -> Iterator[Finding]:
    if not server.host:
        yield Finding("centre", "warn", msg("No central database is set yet; the first sign-in asks for it."))
        return
    where = f"{server.host}:{server.port}"
    try:
        socket.create_connection((server.host, server.port), timeout=CONNECT_SECONDS).close()
    except (OSError, UnicodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        unreachable = msg(
            "{where} cannot be reached ({reason}). Work goes on offline; check the network.", where=where, reason=reason
        )
        yield Finding("centre", "warn", unreachable)
        return
    yield Finding("centre", "ok", msg("{where} answers.", where=where))
    if login and credentials is not None:
        yield _sign_in(server, login, credentials)


def _no_password(server: Server, login: str, credentials: Credentials) -> Finding:
    """None in the keyring: not yet, or it is behind the PIN."""
    folder = f"{server.host}-{server.port}-{server.database}".replace(":", "_")  # as in session.py
    kept = Kept(credentials, f"{folder}/{login}", home() / "seats" / folder / f"{login}.store").read()
    if kept is not None and kept.guarded:
        return Finding("sign-in", "ok", msg("The password of {login} is behind the PIN; not tried.", login=login))
    return Finding("sign-in", "warn", msg("The keyring holds no password for {login} yet.", login=login))


def _sign_in(address: ServerAddress, login: str, credentials: Credentials) -> Finding:
    import psycopg

    from workstation.sync.link import SCHEMA, connect
    from workstation.sync.server import Server

    server = Server(address.host, address.port, address.database, address.sslrootcert, address.pooled)
    try:
        password = credentials.password(server.id, login)
        if password is None:
            return _no_password(server, login, credentials)
        with connect(server, login, password) as conn:
            row = conn.execute("SELECT schema_version FROM central_meta").fetchone()
    except WorkstationError as problem:
        return Finding("sign-in", "bad", problem.message)
    except psycopg.Error as error:
        return Finding(
            "sign-in",
            "bad",
            msg(
                "{login} signs in, but {database} is not a workstation's database ({code}). Ask your administrator.",
                login=login,
                database=server.database,
                code=error.sqlstate or type(error).__name__,
            ),
        )
    theirs = row[0] if row else ""
    if theirs == SCHEMA:
        return Finding("sign-in", "ok", msg("{login} signs in; the centre is up to date.", login=login))
    versions = {"theirs": theirs, "ours": SCHEMA}
    if theirs > SCHEMA:
        return Finding(
            "sign-in", "bad", msg("The centre has schema {theirs}, this program knows {ours}: update it.", **versions)
        )
    return Finding(
        "sign-in",
        "warn",
        msg("The centre has schema {theirs}, this program knows {ours}: ask for “central migrate”.", **versions),
    )


def _telephone(chosen: Telephone, credentials: Credentials | None, *, ask: bool) -> Finding:
    """How calls are dialled. A telephone system is asked all that dialling would, and calls nobody."""
    if chosen.way == "hand":
        return Finding("telephone", "ok", msg("Calls are dialled by hand."))
    try:
        if chosen.way == "http":
            checked_url(chosen.url)
            if credentials is None:
                return Finding("telephone", "warn", msg("Not asked: without the keyring there is no secret."))
            if ask:
                HttpHook(chosen.url, lambda: credentials.password(chosen.url, SECRET)).test(chosen.extension)
                return Finding("telephone", "ok", msg("The telephone system answers and would dial."))
            return Finding("telephone", "ok", msg("Calls go through a telephone system; it was not asked."))
        if chosen.way == "sip":
            checked_domain(chosen.sip_domain)
    except WorkstationError as problem:
        return Finding("telephone", "bad", problem.message)
    scheme = f"{chosen.way}:"
    return Finding("telephone", "ok", msg("Calls go to what opens {scheme} on this computer.", scheme=scheme))
