"""What letters tell of a case's past: the whole history, the last words, what may be offered, a debt since a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from local_db.queries import CaseFile
from workstation.desk.carrying import Taken, carry
from workstation.desk.letter_ground import Ground
from workstation.desk.letter_usual import least_settled_for
from workstation.desk.plan_kept import proposal_of
from workstation.desk.rules import rules_for_figures
from workstation.desk.scripts import may_waive
from workstation.desk.seat import zone
from workstation.desk.shown import ShownCase
from workstation.desk.timeline import Timeline
from workstation.desk.views import TimelineEntry
from workstation.domain.events import Contact, decode_body
from workstation.domain.message import Label, Money, msg
from workstation.domain.money import Balance
from workstation.domain.outcomes import is_right_party
from workstation.security.masking import masks_for

LONGEST, LONGEST_LINE, LONGEST_WORD = 4000, 600, 200  # characters that a letter's context takes
MOST_WORDS = 3  # of the debtor that a visitor reads before the door
# What the house does about its own records is none of the case's history.
_OWN_AFFAIRS = frozenset({"reveal", "reviewed", "letter_queued", "taken_out", "approval_asked", "approval_decided"})


def entries(ground: Ground) -> list[dict[str, Any]]:
    """Every entry of the case from the first on, in the letter's language, with the hash of what was recorded."""
    file = ground.file
    case = ShownCase(file, masks_for("collector"))  # the same paper whoever makes it
    hashes = {event.id: event.hash for event in file.events}
    hidden = {event.id for event in file.events if event.kind in _OWN_AFFAIRS}
    shown = [entry for entry in Timeline(file, case, file.zone) if entry.id not in hidden]
    return [_entry(ground, entry, hashes.get(entry.id, "")) for entry in reversed(shown)]


def _entry(ground: Ground, entry: TimelineEntry, recorded: str) -> dict[str, Any]:
    say = ground.say.say
    words = [say(entry.title), say(entry.detail) if entry.detail else "", say(entry.taken_back or "")]
    return {
        "at": entry.at.astimezone(zone(ground.file.zone)).isoformat(timespec="seconds"),
        "kind": say(msg("{kind}", kind=Label("history_group", entry.group)))[:LONGEST_WORD],
        "who": say(entry.author)[:LONGEST_WORD],
        "text": "\n".join(word for word in words if word)[:LONGEST],
        "hash": recorded,
    }


def last_words(ground: Ground) -> list[str]:
    """What was noted when the debtor was last spoken to, the newest first."""
    aside, found = set(ground.file.state.set_aside), list[str]()
    for event in reversed(ground.file.events):
        body = decode_body(event.kind, event.body) if event.kind == "contact" else None
        if event.id in aside or not isinstance(body, Contact) or not body.note.strip():
            continue
        if is_right_party(event.outcome or "", body.party, body.identity):
            day = event.corrected_at.astimezone(zone(ground.file.zone)).date()
            told = ground.say.say(msg("{day}: {words}", day=day, words=" ".join(body.note.split())))
            found.append(told[:LONGEST_LINE])
    return found[:MOST_WORDS]


def offers(ground: Ground) -> list[str]:
    """What whoever goes may agree to at the door."""
    found = []
    if may_waive(ground.person.role, ground.owed):
        least = least_settled_for(ground)
        if least < ground.owed.total.total:
            found.append(msg("Settled for {amount} or more, paid at once", amount=Money(least, ground.currency)))
    found.append(msg("A plan that the person can afford, worked out from their month"))
    return [ground.say.say(offer)[:LONGEST_LINE] for offer in found]


def waived_by(file: CaseFile, plan_id: str) -> str:
    """What a plan gave up, as a decimal string; empty when nothing was or it cannot be read."""
    body = proposal_of(file, plan_id)
    waived = {} if body is None else body.result.get("waived")
    amount = str(waived.get("amount", "")) if isinstance(waived, dict) else ""
    return amount if amount and Decimal(amount) > 0 else ""


def itemised(ground: Ground, since: date) -> tuple[int, dict[str, str]] | None:
    """What was owed at the end of `since` and what came to it until today, by component, less payments and credits.

    None when the bank gave no balance of that day for every account.
    """
    file, order = ground.file, rules_for_figures(ground.jurisdiction).payment_order
    snapshots = {row.account_id: row for row in file.snapshots if row.as_of == since}
    if not snapshots or {row.id for row in ground.owed.accounts} != set(snapshots):
        return None
    then = sum((row.balance for row in snapshots.values()), Balance())
    taken = Balance()
    for account in file.accounts:
        paid = [row for row in file.payments if row.account_id == account.id and since < row.value_date <= ground.today]
        carried = carry(snapshots[account.id], paid, account, file, ground.today, order)
        taken = sum((step.parts for step in carried.steps if isinstance(step, Taken)), taken)
    # By component: what is owed more than then, and what payments took off it; less than nothing came off otherwise.
    came = ground.owed.total - then + taken
    credited = sum(max(0, -part) for part in came.parts().values())
    parts = {name: ground.text(max(0, part)) for name, part in came.parts().items()}
    return then.total, parts | {"payments": ground.text(taken.total), "credits": ground.text(credited)}
