"""Commands loaded when they are called, help in the person's language, and one way to end on an error."""

from __future__ import annotations

import importlib
import json
import locale
import os
import sys
from collections.abc import Callable
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

import click

from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg
from workstation.i18n import Translator

P = ParamSpec("P")
R = TypeVar("R")

# Command → module that defines it: `workstation amount` must not load Qt, PostgreSQL or reportlab.
MODULES = {
    "plan": "compute",
    "allocate": "compute",
    "gate": "compute",
    "wording": "compute",
    "amount": "compute",
    "kpi": "compute",
    "letter": "letter",
    "central": "central",
    "import": "books",
    "report": "report",
    "rebalance": "moves",
    "reassign": "moves",
    "undo": "moves",
    "sync": "seat",
    "leaving": "seat",
    "doctor": "seat",
    "support": "seat",
    "gateway": "gateway",
    "demo": "window",
    "tour": "window",
}


@cache
def translator() -> Translator:
    """The language of `LC_ALL`, `LC_MESSAGES` or `LANG`: Chinese when it says so, else English."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not named and sys.platform in {"win32", "darwin"}:
        named = locale.getlocale()[0] or ""
    return Translator("zh_CN" if named.lower().startswith(("zh", "chinese")) else "en")


def tr(text: str) -> str:
    return translator().text(text)


def say(message: Message, *, err: bool = False) -> None:
    click.echo(translator().say(message), err=err)


class Commands(click.Group):
    """A group whose commands are found by name, so that start-up loads one of them only."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"workstation.cli.{MODULES[cmd_name]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


def ends_cleanly(command: Callable[P, R]) -> Callable[P, R]:
    """A request that cannot be done ends with its sentence and exit code 2; nothing else is caught."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except WorkstationError as error:
            say(error.message, err=True)
            raise SystemExit(2) from error

    return run


def _request() -> dict[str, Any]:
    try:
        request = json.loads(sys.stdin.buffer.read())
    except ValueError as error:
        raise WorkstationError(
            msg("Standard input is not JSON: {reason}.", reason=str(error)), code="bad_json"
        ) from error
    if not isinstance(request, dict):
        raise WorkstationError(msg("Standard input must hold one JSON object."), code="bad_json")
    return request


def said_as_json(error: WorkstationError) -> str:
    body: dict[str, object] = {"code": error.code, "message": error.message.plain(), "field": error.field}
    nearest = getattr(error, "nearest", None)
    if nearest is not None:
        body["nearest"] = nearest
    return json.dumps({"error": body}, ensure_ascii=False)


def run_json(compute: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """One JSON object from standard input to one on standard output; a bad request exits 2 with an error object."""
    try:
        answer = compute(_request())
    except WorkstationError as error:
        click.echo(said_as_json(error))
        say(error.message, err=True)
        raise SystemExit(2) from error
    click.echo(json.dumps(answer, ensure_ascii=False))
