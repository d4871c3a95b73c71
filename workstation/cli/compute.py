"""Calculations as commands: plan, allocate, gate, wording and the amount in Chinese characters."""

from __future__ import annotations

import click

from workstation.cli.language import ends_cleanly, run_json, tr
from workstation.domain.errors import InputError
from workstation.domain.message import msg
from workstation.domain.money import to_minor

_JSON = click.option(
    "--json", "as_json", is_flag=True, required=True, help=tr("One JSON object in, one out; see docs/commands.md.")
)


@click.command("plan", help=tr("Calculate a repayment plan."))
@_JSON
def plan_command(as_json: bool) -> None:  # noqa: ARG001  # the flag names the form of the contract
    from workstation.domain.plan_form import run_plan

    run_json(run_plan)


@click.command("allocate", help=tr("Split a payment over accounts and components."))
@_JSON
def allocate_command(as_json: bool) -> None:  # noqa: ARG001
    from workstation.domain.allocate_form import run_allocate

    run_json(run_allocate)


@click.command("gate", help=tr("Say whether a contact is allowed, why, and when it opens."))
@_JSON
def gate_command(as_json: bool) -> None:  # noqa: ARG001
    from workstation.domain.gate_form import run_gate

    run_json(run_gate)


@click.command("wording", help=tr("Say what in a text may not be said, why, and what to say instead."))
@_JSON
def wording_command(as_json: bool) -> None:  # noqa: ARG001
    from workstation.domain.wording_form import run_wording

    run_json(run_wording)


@click.command("amount", help=tr("Print an amount in Chinese characters (人民币大写)."))
@click.argument("value")
@click.option("--currency", default="CNY", show_default=True)
@ends_cleanly
def amount_command(value: str, currency: str) -> None:
    from workstation.domain.amount_words import amount_words

    try:
        minor = to_minor(value, currency)
    except ValueError as error:
        raise InputError(
            msg("“{value}” is not an amount in {currency}; write it like 1234.56.", value=value, currency=currency),
            field="value",
        ) from error
    click.echo(amount_words(minor, currency))


@click.command("kpi", help=tr("Count the indicators of cases in a period."))
@_JSON
def kpi_command(as_json: bool) -> None:  # noqa: ARG001
    from workstation.domain.kpi_form import run_kpi

    run_json(run_kpi)
