"""Who may waive what and agree for how long, and who approves above it: `resources/authority/default.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from resources import resource
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Label, Message, Percent, msg
from workstation.domain.money import COMPONENTS, Balance, Component
from workstation.domain.vocabulary import ROLES


class AuthorityTableError(WorkstationError):
    """The authority table is malformed or incomplete; the message names what."""

    code = "bad_authority_table"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role may agree to alone: shares of the balance, of each component, and the longest plan in months."""

    role: str
    approver: str
    total: Decimal
    components: Mapping[Component, Decimal]
    longest_months: int


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether somebody else must approve, who, and why."""

    needed: bool
    by: str | None = None
    reason: Message | None = None


def approval_for(role: str, balance: Balance, waived: Balance, months: Decimal) -> Approval:
    """The approval a plan of `months` that waives `waived` of `balance` needs when `role` proposes it."""
    grants = load()
    excess = _excess(grants[role], balance, waived, months)
    if excess is None:
        return Approval(needed=False)
    # Up the chain to the first who may; the end of it approves itself.
    by = grants[role].approver
    while grants[by].approver != by and _excess(grants[by], balance, waived, months) is not None:
        by = grants[by].approver
    return Approval(needed=True, by=by, reason=excess)


def _excess(grant: Grant, balance: Balance, waived: Balance, months: Decimal) -> Message | None:
    """Why this is above the grant; None when it is within."""
    role = Label("role", grant.role)
    if waived.total > grant.total * balance.total:
        return msg(
            "Waiving {share} of the debt is above the {limit} that this role ({role}) may waive.",
            share=Percent(Decimal(waived.total) / balance.total),
            limit=Percent(grant.total),
            role=role,
        )
    for name in COMPONENTS:
        if waived.part(name) > grant.components[name] * balance.part(name):
            return msg(
                "Waiving {share} of the {component} is above the {limit} that this role ({role}) may waive.",
                share=Percent(Decimal(waived.part(name)) / balance.part(name)),
                component=Label("component", name),
                limit=Percent(grant.components[name]),
                role=role,
            )
    if months > grant.longest_months:
        return msg(
            "The plan runs longer than the {months} months that this role ({role}) may agree to.",
            months=grant.longest_months,
            role=role,
        )
    return None


@lru_cache(maxsize=1)
def load() -> Mapping[str, Grant]:
    """The shipped table by role; `AuthorityTableError` when it is faulty."""
    return parse(resource("authority/default.toml").read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, Grant]:
    """The table of TOML text: every role once, every approver a role, no approval in a circle."""
    try:
        grants = {grant.role: grant for grant in map(_grant, tomllib.loads(text)["grant"])}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise _fault(str(error)) from error
    for role in ROLES:
        if role not in grants:
            raise _fault(f"the role {role} is missing")
        seen, at = {role}, grants[role].approver
        while at in grants and at not in seen and grants[at].approver != at:
            seen.add(at)
            at = grants[at].approver
        if at not in grants or grants[at].approver != at:
            raise _fault(f"approval for {role} ends nowhere")
    return grants


def _grant(row: Mapping[str, object]) -> Grant:
    unknown = set(row) ^ {"role", "approver", "total", "components", "longest_months"}
    shares, months = row.get("components"), row.get("longest_months")
    if unknown:
        raise ValueError(f"unknown or missing field {', '.join(sorted(unknown))}")
    if not isinstance(shares, dict) or set(shares) != set(COMPONENTS):
        raise ValueError("components must name each balance component once")
    if isinstance(months, bool) or not isinstance(months, int) or months < 0:
        raise ValueError("longest_months must be a whole number")
    parts = {name: _share(shares[name]) for name in COMPONENTS}
    return Grant(str(row["role"]), str(row["approver"]), _share(row["total"]), parts, months)


def _share(value: object) -> Decimal:
    share = Decimal(str(value))
    if not (share.is_finite() and 0 <= share <= 1):
        raise ValueError(f"{value!r} is not a share between 0 and 1")
    return share


def _fault(problem: str) -> AuthorityTableError:
    return AuthorityTableError(
        msg("The authority table is faulty: {problem}. Put the shipped file back or correct it.", problem=problem)
    )
