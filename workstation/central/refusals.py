"""What the central database refuses, in words: SQLSTATEs of its functions and the codes of refused events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workstation.domain.errors import WorkstationError
from workstation.domain.message import Message, msg

if TYPE_CHECKING:
    import psycopg


class CentralRefusedError(WorkstationError):
    """The central database understood and said no; `code` is the SQLSTATE."""

    code = "central_refused"


DEVICE_REVOKED = "WS001"
DEVICE_OF_ANOTHER = "WS002"
PERSON_INACTIVE = "WS003"
MUST_CHANGE = "WS004"
NEEDS_SECOND = "WS030"  # two administrators: see admin_proposal

SQLSTATES: dict[str, Message] = {
    DEVICE_REVOKED: msg("This device was revoked. Ask your administrator."),
    DEVICE_OF_ANOTHER: msg("This device is registered to somebody else. Sign in with the account it belongs to."),
    PERSON_INACTIVE: msg("This account is not active in this database. Ask your administrator."),
    MUST_CHANGE: msg("Your password has to be changed before anything else. What is recorded here is kept."),
    "WS010": msg("Cases can only go to an active collector or lead, and a lead's only to the lead's own team."),
    "WS011": msg("The central database does not accept a value: {reason}"),
    "WS012": msg("The history of a case is never changed or deleted."),
    "WS020": msg("This login is taken. Choose another one."),
    "WS021": msg("There is no such active person, device, proposal or move in your reach."),
    "WS022": msg("This was already done: {reason}"),
    "WS023": msg("A move of cases can be undone within 24 hours; move them back by hand."),
    "WS024": msg("The proposal was taken back by its author; there is nothing to decide."),
    "WS025": msg("Nobody decides a proposal of their own. Ask another lead."),
    "WS026": msg("This proposal is above the authority of a lead; an administrator decides it."),
    "WS027": msg("This person still holds cases. Move them first."),
    "WS028": msg("This plan is not in force any more, or never was; there is nothing to decide."),
    "WS029": msg("Another proposal has taken the place of this one; decide that."),
    NEEDS_SECOND: msg("This raises somebody's rights: one administrator proposes it, another approves it."),
    "WS031": msg("This was one of your last {reason} passwords. Choose one you have not used."),
    "WS032": msg("This proposal has expired, or who made it is no administrator any more. Propose it again."),
    "WS033": msg("Nobody approves what they proposed, or what is about themselves. Ask another administrator."),
    "WS040": msg("{reason} is on leave: nobody gives them cases until they are back. Choose somebody else."),
    "WS034": msg("This photo or signature is not at the centre, not whole yet, or not of a case of yours."),
    "WS050": msg("Authority goes to another lead, or to a collector of your own team."),
    "WS051": msg("This takes two leads, and you or whoever lent you the authority was the first. Ask another lead."),
    "42501": msg("Your role may not do this."),
    "23505": msg("A record with the same key is already there: {reason}"),
    "23503": msg("A record refers to one that is not there: {reason}"),
    "23514": msg("The central database does not accept a value: {reason}"),
    "23502": msg("A value is missing: {reason}"),
    "55P03": msg("Somebody else is changing the same records. Try again in a moment."),
}

# Reasons of app.push_events, for `Refused: …` in the sync screen. A refused event stays in its author's outbox list.
EVENTS: dict[str, Message] = {
    "malformed": msg("The record is not in a form the central database knows."),
    "foreign_author": msg("The record is signed by somebody else."),
    "foreign_device": msg("The record comes from a device that is not registered to you."),
    "device_revoked": msg("The record was made after this device was revoked."),
    "device_waits": msg("The device this was recorded on has to be let in by an administrator first."),
    "reserved_kind": msg("Only the central database writes records of this kind."),
    "bad_hash": msg("The record was changed after it was written."),
    "forked_chain": msg("Another record of this device has taken its place: the store was copied or put back."),
    "broken_chain": msg("A record that this device wrote before it is missing."),
    "not_assigned": msg("The case was not assigned to you when this was recorded."),
    "id_taken": msg("A different record with the same number is already there."),
}

# Reasons of app.offer_attachments, and of the seat itself. A refused attachment stays at its seat.
ATTACHMENTS: dict[str, Message] = {
    "malformed": msg("The photo or signature is not in a form the central database knows."),
    "not_named": msg("No record of yours at the centre names this photo or signature, or that was too long ago."),
    "too_large": msg("The photo or signature is too large for the centre."),
    "damaged": msg("The photo or signature is not whole on this device any more."),
    "bad_hash": msg("The centre received other bytes than were sent, more than once."),
}


def refusal(error: psycopg.Error) -> CentralRefusedError | None:
    """The typed error for a database error we have words for; None for any other."""
    known = SQLSTATES.get(error.sqlstate or "")
    if known is None:
        return None
    reason = error.diag.message_detail or error.diag.message_primary or ""
    return CentralRefusedError(
        msg(known.text, reason=reason) if "{reason}" in known.text else known, code=error.sqlstate
    )
