"""`workstation central policy` and `proposal`: rules for passwords and devices, and what takes two administrators."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from workstation.cli.centre import Centre, administers, table
from workstation.cli.language import say, tr
from workstation.domain.errors import InputError
from workstation.domain.message import msg


@click.group("policy", help=tr("The house's rules for passwords and new devices."))
def policy_group() -> None:
    pass


@click.group("proposal", help=tr("What one administrator proposes and another approves."))
def proposal_group() -> None:
    pass


@policy_group.command("show", help=tr("The rules as they are."))
@administers
def policy_show(centre: Centre) -> None:
    from workstation.central import four_eyes

    now = four_eyes.policy(centre.dsn())
    say(msg("Shortest password: {n} characters", n=now.shortest))
    say(msg("Former passwords that may not come again: {n}", n=now.remembered))
    if now.longest_days is None:
        say(msg("A password does not age."))
    else:
        say(msg("A password is changed after {n} days.", n=now.longest_days))
    say(msg("New devices wait to be let in.") if now.new_devices_wait else msg("New devices need no approval."))


@policy_group.command("set", help=tr("Change the rules; weaker ones are proposed to another administrator."))
@click.option("--shortest", type=click.IntRange(8, 64), help=tr("Characters a password has at least."))
@click.option("--remembered", type=click.IntRange(1, 24), help=tr("Former passwords that may not come again."))
@click.option("--longest-days", type=click.IntRange(0, 3650), help=tr("Days until a password is changed; 0: never."))
@click.option(
    "--new-devices-wait/--new-devices-open", default=None, help=tr("Whether an administrator lets new devices in.")
)
@click.option("--propose", "reason", metavar="REASON", help=tr("Propose it to another administrator, with why."))
@administers
def policy_set(
    centre: Centre,
    shortest: int | None,
    remembered: int | None,
    longest_days: int | None,
    new_devices_wait: bool | None,
    reason: str | None,
) -> None:
    from workstation.central import four_eyes

    dsn = centre.dsn()
    wanted: dict[str, Any] = {"shortest": shortest, "remembered": remembered, "new_devices_wait": new_devices_wait}
    changes = {name: value for name, value in wanted.items() if value is not None}
    if longest_days is not None:
        changes["longest_days"] = longest_days or None
    if not changes:
        raise InputError(msg("Say what changes, for example --shortest 12."), field="shortest")
    policy = msgspec.structs.replace(four_eyes.policy(dsn), **changes)
    if reason is not None:
        proposal = four_eyes.propose_policy(dsn, policy, reason)
        say(
            msg(
                "Proposed. Within three days another administrator runs: workstation central proposal approve "
                "{proposal}",
                proposal=proposal,
            )
        )
        return
    four_eyes.change_policy(dsn, policy)
    say(msg("The rules are changed."))


@proposal_group.command("list", help=tr("What waits for a second administrator."))
@click.option("--all", "everything", is_flag=True, help=tr("Those that were decided, too."))
@administers
def proposal_list(centre: Centre, everything: bool) -> None:
    from workstation.central import four_eyes

    decided = {"approved": tr("approved"), "rejected": tr("rejected"), "withdrawn": tr("withdrawn"), "": ""}
    acts = {
        "add_person": tr("add a person"),
        "change_person": tr("change role or team"),
        "restore_person": tr("bring a person back"),
        "set_password": tr("set a password"),
        "change_policy": tr("change the rules"),
    }
    rows = [
        (
            one.id,
            acts[one.what],
            one.subject,
            ", ".join(f"{name}={value}" for name, value in one.asked.items() if value is not None),
            one.reason,
            one.proposed_by,
            f"{one.expires_at:%Y-%m-%d %H:%M}" if not one.decision else f"{decided[one.decision]}: {one.decided_by}",
        )
        for one in four_eyes.proposals(centre.dsn(), waiting=not everything)
    ]
    table(
        (
            tr("Proposal"),
            tr("What"),
            tr("Whom"),
            tr("Asked"),
            tr("Reason"),
            tr("By"),
            tr("Until, or what became of it"),
        ),
        rows,
    )


@proposal_group.command("approve", help=tr("Do what another administrator proposed."))
@click.argument("proposal", type=click.UUID)
@administers
def proposal_approve(centre: Centre, proposal: object) -> None:
    from workstation.central import four_eyes

    four_eyes.approve(centre.dsn(), str(proposal))
    say(msg("Done, and recorded with both names."))


@proposal_group.command("reject", help=tr("Decide against a proposal, or take one's own back."))
@click.argument("proposal", type=click.UUID)
@administers
def proposal_reject(centre: Centre, proposal: object) -> None:
    from workstation.central import four_eyes

    four_eyes.reject(centre.dsn(), str(proposal))
    say(msg("It is not done."))
