"""Commands that open the window: the program itself, the demonstration, the tour."""

from __future__ import annotations

import os
import sys
from datetime import datetime, time
from pathlib import Path

import click

from workstation.cli.language import ends_cleanly, say, tr, translator
from workstation.domain.message import msg

_DAY = click.DateTime(["%Y-%m-%d"])


@ends_cleanly
def open_window() -> None:
    _need_display()
    from workstation.security.private_temp import use_private_temp
    from workstation.security.process import keep_memory_private

    keep_memory_private()
    use_private_temp()
    from ui.app import run

    raise SystemExit(run())


@click.command("demo", help=tr("Open the workstation on a demonstration book, signed in to an embedded PostgreSQL."))
@click.option("--role", type=click.Choice(["collector", "field", "lead", "auditor"]), default="collector")
@click.option(
    "--book", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=tr("A UCI credit-card file.")
)
@click.option("--cases", type=click.IntRange(1, 30_000), default=400, show_default=True)
@click.option("--as-of", type=_DAY, help=tr("Look at the book on another day, at ten in the morning."))
@click.option("--fresh", is_flag=True, help=tr("Start over: forget what was done in earlier demonstrations."))
@ends_cleanly
def demo_command(role: str, book: Path | None, cases: int, as_of: datetime | None, fresh: bool) -> None:
    _need_display()
    from workstation.security.process import keep_memory_private

    keep_memory_private()
    from ui.app import run_signed_in
    from workstation import demo
    from workstation.desk.seat import Clock
    from workstation.security.credentials import Credentials
    from workstation.security.process_keyring import demo_keyring
    from workstation.session import sign_in, vault_of

    backend, sentence = demo_keyring()
    if sentence is not None:
        say(sentence, err=True)
    credentials = Credentials(backend)
    clock = Clock() if as_of is None else Clock.starting_at(as_of.date(), time(10, 0), "Asia/Shanghai")
    centre = demo.start(
        credentials,
        as_of=clock.today(),
        book=book,
        cases=cases,
        fresh=fresh or backend is not None,  # keys that die with the process open no old store
        say=say,
    )
    try:
        login = demo.DemoCentre.login_of(role)
        pin = password = None
        if vault_of(centre.server, login, credentials).has_pin:  # set in an earlier demonstration
            pin = click.prompt(tr("PIN"), hide_input=True)
            password = credentials.password(centre.server.id, login)
        desk = sign_in(centre.server, login, password, credentials=credentials, clock=clock, pin=pin)
        say(msg("Synchronising the desk of {name} …", name=desk.person_name))
        desk.sync.once()
        code = run_signed_in(desk)
    finally:
        centre.stop()
    raise SystemExit(code)


@click.command("tour", help=tr("The main job through the real window, without a display: screenshots and a summary."))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option(
    "--book", type=click.Path(exists=True, dir_okay=False, path_type=Path), help=tr("A UCI credit-card file.")
)
@click.option("--cases", type=click.IntRange(1, 30_000), default=400, show_default=True)
@click.option("--as-of", type=_DAY, help=tr("The day of the tour; today when left out."))
@click.option("--language", type=click.Choice(["zh_CN", "en"]), help=tr("The window's language."))
@ends_cleanly
def tour_command(out: Path, book: Path | None, cases: int, as_of: datetime | None, language: str | None) -> None:
    if not _has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from ui import tour

    day = as_of.date() if as_of is not None else datetime.now().astimezone().date()
    summary = tour.run(out, as_of=day, language=language or translator().language, book=book, cases=cases, say=say)
    say(
        msg(
            "{n} screenshots, the letter and summary.json are in {folder}.",
            n=len(summary["screenshots"]),
            folder=str(out),
        )
    )


def _has_display() -> bool:
    if sys.platform in {"win32", "darwin"}:
        return True
    chosen = os.environ.get("QT_QPA_PLATFORM", "")
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or chosen in {"offscreen", "vnc"})


def _need_display() -> None:
    if not _has_display():
        say(msg("There is no display here; “workstation tour --out DIR” shows the same without one."), err=True)
        raise SystemExit(2)
