"""What takes two administrators: one proposes, another approves, each under their own login, both in the record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec
import psycopg
from psycopg.types.json import Json

from workstation.central.admin import Where, check_password, check_role, session, team_id_of, verifier_for
from workstation.central.verifiers import verifier
from workstation.domain.errors import InputError
from workstation.domain.message import msg

Act = Literal["add_person", "change_person", "restore_person", "set_password", "change_policy"]


class Policy(msgspec.Struct, frozen=True):
    """The house's rules. `longest_days` None: a password does not age. The length is asked where it is typed."""

    shortest: int
    remembered: int
    longest_days: int | None
    new_devices_wait: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """One that waits, or what became of it. `decision` is approved, rejected, withdrawn, or empty while it waits."""

    id: str
    what: Act
    subject: str
    asked: dict[str, Any]
    reason: str
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision: str


def propose_person(where: Where, login: str, name: str, role: str, team: str | None, password: str, reason: str) -> str:
    """A lead, an auditor or an administrator, with a first password; returns the proposal's id."""
    check_role(role)
    with session(where) as conn:
        check_password(conn, password, login, name)
        asked = {"name": name, "role": role, "team": None if team is None else team_id_of(conn, team)}
        return _propose(conn, "add_person", login, asked, verifier(password), reason)


def propose_change(where: Where, login: str, role: str | None, team: str | None, reason: str) -> str:
    """Another role or team, as `admin.change_person`."""
    with session(where) as conn:
        found = conn.execute("SELECT role, team_id::text FROM person WHERE login = %s AND active", [login]).fetchone()
        if found is None:
            raise InputError(msg("There is no active person with the login “{login}”.", login=login), field="login")
        team_id = found[1] if team is None else team_id_of(conn, team) if team else None
        return _propose(conn, "change_person", login, {"role": role or found[0], "team": team_id}, None, reason)


def propose_password(where: Where, login: str, password: str, reason: str) -> str:
    """A first password for a lead, an auditor or another administrator who has lost theirs."""
    return _with_password(where, "set_password", login, password, reason)


def propose_return(where: Where, login: str, password: str, reason: str) -> str:
    """A person who was revoked comes back, with the role and team of before and a first password."""
    return _with_password(where, "restore_person", login, password, reason)


def propose_policy(where: Where, policy: Policy, reason: str) -> str:
    """A weaker policy; a stronger one needs no second (`change_policy`)."""
    with session(where) as conn:
        return _propose(conn, "change_policy", "policy", msgspec.to_builtins(policy), None, reason)


def approve(where: Where, proposal: str) -> str:
    """Do what another administrator proposed; returns what it was. Raises `CentralRefusedError` (WS033, 32, 22)."""
    with session(where) as conn:
        row = conn.execute("SELECT app.approve(%s)", [proposal]).fetchone()
    return str(row[0]) if row else ""


def reject(where: Where, proposal: str) -> None:
    """Not done; by the one who proposed it, it is taken back."""
    with session(where) as conn:
        conn.execute("SELECT app.reject(%s)", [proposal])


def proposals(where: Where, *, waiting: bool = True) -> list[Proposal]:
    """Those that wait, or with what became of the others, newest first."""
    query = (
        "SELECT a.id::text, a.what, a.subject, a.body, a.reason, p.name, a.proposed_at, a.expires_at,"
        " coalesce(d.name, ''), a.decided_at, coalesce(a.decision, '')"
        " FROM admin_proposal a JOIN person p ON p.id = a.proposed_by LEFT JOIN person d ON d.id = a.decided_by"
    )
    query += " WHERE a.decision IS NULL AND a.expires_at > now()" if waiting else ""
    with session(where) as conn:
        return [Proposal(*row) for row in conn.execute(query.encode() + b" ORDER BY a.proposed_at DESC, a.id DESC")]


def policy(where: Where) -> Policy:
    with session(where) as conn:
        row = conn.execute("SELECT shortest, remembered, longest_days, new_devices_wait FROM house_policy").fetchone()
    if row is None:
        raise InputError(msg("Only an administrator or an auditor reads the policy."), field="user")
    return Policy(*row)


def change_policy(where: Where, wanted: Policy) -> None:
    """Raises `CentralRefusedError` (WS030) when anything of it is weaker than now: that is proposed."""
    with session(where) as conn:
        conn.execute("SELECT app.change_policy(%s)", [Json(msgspec.to_builtins(wanted))])


def _with_password(where: Where, what: Act, login: str, password: str, reason: str) -> str:
    with session(where) as conn:
        check_password(conn, password, login)
        return _propose(conn, what, login, {}, verifier_for(conn, login, password), reason)


def _propose(
    conn: psycopg.Connection[Any], what: Act, subject: str, asked: dict[str, Any], proof: str | None, reason: str
) -> str:
    query = "SELECT app.propose(%s, %s, %s, %s, %s)::text"
    row = conn.execute(query, [what, subject, Json(asked), proof, reason]).fetchone()
    return str(row[0]) if row else ""
