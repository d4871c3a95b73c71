"""Who may waive what and agree for how long, and who approves above it: `resources/authority/default.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from resources import resource
from workstation.domain.errors import WorkstationError
from workstation.domain.message import Label, Message, Money, Percent, msg
from workstation.domain.money import COMPONENTS, Balance, Component, to_minor
from workstation.domain.vocabulary import ROLES


class AuthorityTableError(WorkstationError):
    """The authority table is malformed or incomplete; the message names what."""

    code = "bad_authority_table"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a role may agree to alone: shares of the balance and of each component, amounts (minor units by currency,
    of `total` and of components) that hold beside the shares, and the longest plan in months."""

    role: str
    approver: str
    total: Decimal
    components: Mapping[Component, Decimal]
    longest_months: int
    amounts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def most_waived(self, balance: Balance, currency: str) -> tuple[Balance, int]:
        """The most of each component, and the most in all, that may be waived of `balance` without approval."""
        most = self.amounts.get(currency, {})
        shares = {name: int(self.components[name] * balance.part(name)) for name in COMPONENTS}
        parts = {name: min(share, most.get(name, share)) for name, share in shares.items()}
        total = int(self.total * balance.total)
        return Balance(**parts), min(total, most.get("total", total))


@dataclass(frozen=True, slots=True)
class Approval:
    """Whether somebody else must approve, who, and why: `reason` is the first of `reasons`."""

    needed: bool
    by: str | None = None
    reason: Message | None = None
    reasons: tuple[Message, ...] = ()


def approval_for(role: str, balance: Balance, waived: Balance, months: Decimal, currency: str = "") -> Approval:
    """The approval a plan of `months` that waives `waived` of `balance` needs when `role` proposes it.

    Without a currency the amounts of the table are not looked at.
    """
    grants = load()
    reasons = tuple(_excess(grants[role], balance, waived, months, currency))
    if not reasons:
        return Approval(needed=False)
    # Up the chain to the first who may; the end of it approves itself.
    by = grants[role].approver
    while grants[by].approver != by and any(_excess(grants[by], balance, waived, months, currency)):
        by = grants[by].approver
    return Approval(needed=True, by=by, reason=reasons[0], reasons=reasons)


def _excess(grant: Grant, balance: Balance, waived: Balance, months: Decimal, currency: str) -> Iterator[Message]:
    """In what this is above the grant; nothing when it is within."""
    role = Label("role", grant.role)
    most = grant.amounts.get(currency, {})
    if waived.total > grant.total * balance.total:
        yield msg(
            "Waiving {share} of the debt is above the {limit} that this role ({role}) may waive.",
            share=Percent(Decimal(waived.total) / balance.total),
            limit=Percent(grant.total),
            role=role,
        )
    if waived.total > most.get("total", waived.total):
        yield msg(
            "Waiving {amount} is above the {limit} that this role ({role}) may waive.",
            amount=Money(waived.total, currency),
            limit=Money(most["total"], currency),
            role=role,
        )
    for name in COMPONENTS:
        if waived.part(name) > grant.components[name] * balance.part(name):
            yield msg(
                "Waiving {share} of the {component} is above the {limit} that this role ({role}) may waive.",
                share=Percent(Decimal(waived.part(name)) / balance.part(name)),
                component=Label("component", name),
                limit=Percent(grant.components[name]),
                role=role,
            )
        if waived.part(name) > most.get(name, waived.part(name)):
            yield msg(
                "Waiving {amount} of the {component} is above the {limit} that this role ({role}) may waive.",
                amount=Money(waived.part(name), currency),
                component=Label("component", name),
                limit=Money(most[name], currency),
                role=role,
            )
    if months > grant.longest_months:
        yield msg(
            "The plan runs longer than the {months} months that this role ({role}) may agree to.",
            months=grant.longest_months,
            role=role,
        )


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
    unknown = (set(row) - {"amounts"}) ^ {"role", "approver", "total", "components", "longest_months"}
    shares, months = row.get("components"), row.get("longest_months")
    if unknown:
        raise ValueError(f"unknown or missing field {', '.join(sorted(unknown))}")
    if not isinstance(shares, dict) or set(shares) != set(COMPONENTS):
        raise ValueError("components must name each balance component once")
    if isinstance(months, bool) or not isinstance(months, int) or months < 0:
        raise ValueError("longest_months must be a whole number")
    parts = {name: _share(shares[name]) for name in COMPONENTS}
    amounts = _amounts(row.get("amounts", {}))
    return Grant(str(row["role"]), str(row["approver"]), _share(row["total"]), parts, months, amounts)


def _amounts(table: object) -> dict[str, dict[str, int]]:
    """By currency, then `total` or a component, in minor units."""
    if not isinstance(table, dict) or not all(isinstance(limits, dict) for limits in table.values()):
        raise ValueError("amounts must name a currency and its limits")
    for limits in table.values():
        if unknown := set(limits) - {"total", *COMPONENTS}:
            raise ValueError(f"unknown limit {', '.join(sorted(unknown))}")
    found = {
        currency: {name: to_minor(str(text), currency) for name, text in limits.items()}
        for currency, limits in table.items()
    }
    if any(minor < 0 for limits in found.values() for minor in limits.values()):
        raise ValueError("a limit cannot be negative")
    return found


def _share(value: object) -> Decimal:
    share = Decimal(str(value))
    if not (share.is_finite() and 0 <= share <= 1):
        raise ValueError(f"{value!r} is not a share between 0 and 1")
    return share


def _fault(problem: str) -> AuthorityTableError:
    return AuthorityTableError(
        msg("The authority table is faulty: {problem}. Put the shipped file back or correct it.", problem=problem)
    )
