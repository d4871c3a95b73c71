"""Letters from the command line: render one, make a file's, verify a copy."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from workstation.cli.language import ends_cleanly, run_json, tr
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
@click.option("--signed", type=click.Path(dir_okay=False, path_type=Path), help=tr("Write a signed copy there, too."))
def render(as_json: bool, out: Path, signed: Path | None) -> None:  # noqa: ARG001  # the flag names the contract's form
    from letters.form import run_render

    def make(request: dict[str, Any]) -> dict[str, Any]:
        if signed is None:
            return run_render(request, out)
        from workstation.desk.letter_signing import kept_signer, sign_file

        signer = kept_signer()  # before anything is written
        return {**run_render(request, out), "signed": sign_file(out, signed, signer)}

    run_json(make)


@letter_command.command("sign", help=tr("Add the organisation's signature behind a letter's bytes."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@ends_cleanly
def sign(file: Path, out: Path) -> None:
    from workstation.desk.letter_signing import kept_signer, sign_file

    click.echo(json.dumps(sign_file(file, out, kept_signer()), ensure_ascii=False))


@letter_command.command("certificate", help=tr("Keep the organisation's certificate (PKCS#12) in the keyring."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--password-stdin", is_flag=True, help=tr("Read the password from standard input."))
@ends_cleanly
def certificate(file: Path, password_stdin: bool) -> None:
    from workstation.security import signing
    from workstation.security.credentials import Credentials

    password = (
        sys.stdin.readline().rstrip("\n")
        if password_stdin
        else click.prompt(tr("Password of the certificate"), hide_input=True)
    )
    signer = signing.keep(Credentials(), file.read_bytes(), password)
    click.echo(json.dumps({"signer": signer.name, "until": signer.until.date().isoformat()}, ensure_ascii=False))


@letter_command.command("verify", help=tr("Say whether a PDF is the one that its data makes."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_JSON
def verify(file: Path, as_json: bool) -> None:  # noqa: ARG001
    from letters.verify import verify as verify_letter

    def check(request: dict[str, Any]) -> dict[str, Any]:
        verdict = verify_letter(file.read_bytes(), request)
        answer: dict[str, Any] = {
            "same": verdict.same,
            "sha256": verdict.sha256,
            "expected": verdict.expected,
            "version": verdict.version,
        }
        if verdict.signature is not None:
            told = verdict.signature
            answer["signature"] = {
                "signer": told.signer,
                "whole": told.whole,
                "adds_nothing": told.adds_nothing,
                "at": told.at.isoformat() if told.at else None,
            }
        return answer

    run_json(check)


letter_command.add_command(batch)
