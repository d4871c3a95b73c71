"""Letters from the command line: render one, make a file's, verify a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from workstation.cli.language import run_json, tr
from workstation.cli.letter_batch import batch

_JSON = click.option(
    "--json", "as_json", is_flag=True, required=True, help=tr("One JSON object in, one out; see docs/commands.md.")
)


@click.group("letter", help=tr("Make and verify letters."))
def letter_command() -> None:
    pass


@letter_command.command("render", help=tr("Render one letter as PDF."))
@_JSON
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
def render(as_json: bool, out: Path) -> None:  # noqa: ARG001  # the flag names the form of the contract
    from letters.form import run_render

    run_json(lambda request: run_render(request, out))


@letter_command.command("verify", help=tr("Say whether a PDF is the one that its data makes."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_JSON
def verify(file: Path, as_json: bool) -> None:  # noqa: ARG001
    from letters.verify import verify as verify_letter

    def check(request: dict[str, Any]) -> dict[str, Any]:
        verdict = verify_letter(file.read_bytes(), request)
        return {
            "same": verdict.same,
            "sha256": verdict.sha256,
            "expected": verdict.expected,
            "version": verdict.version,
        }

    run_json(check)


letter_command.add_command(batch)
