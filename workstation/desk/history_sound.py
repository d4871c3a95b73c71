"""Whether the history at this seat can be trusted, in a sentence: as it was written, and the same as the centre's."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from local_db import chain, queries
from local_db.chain import HeldOf, LocalFault
from workstation.domain.message import Message, msg, nmsg

# Codes beside those of errors.
STORE_CHANGED, CENTRE_DIFFERS, HELD = "store_changed", "centre_differs", "held"


def of_store(conn: sa.Connection) -> Message | None:
    """The records here that are not as they were written, or queued and gone; None when all are sound."""
    return told_of_store(chain.examine(conn))


def told_of_store(faults: Sequence[LocalFault]) -> Message | None:
    if not faults:
        return None
    first = faults[0]
    where = msg("case {number}", number=first.number) if first.number else msg("a case that is not here")
    if first.kind == "gone":
        return nmsg(
            "{n} record that waited to be sent was removed from this store by hand ({where}). Tell your administrator.",
            "{n} records that waited to be sent were removed from this store by hand (first: {where}). Tell your "
            "administrator.",
            len(faults),
            where=where,
        )
    return nmsg(
        "{n} record in this store is not as it was written ({where}): somebody changed the file. Tell your "
        "administrator, move the store away and sign in again: everything the centre has confirmed comes back.",
        "{n} records in this store are not as they were written (first: {where}): somebody changed the file. Tell your "
        "administrator, move the store away and sign in again: everything the centre has confirmed comes back.",
        len(faults),
        where=where,
    )


def of_centre(conn: sa.Connection) -> Message | None:
    """The records of which the centre has another version, or none; None when all that was compared is the same."""
    found = chain.differing(conn)
    if not found:
        return None
    number = queries.case_number(conn, found[0].case_id)
    return nmsg(
        "{n} record is another at the centre than here, or gone there (case {number}): somebody changed the history. "
        "It is reported; tell your administrator. Yours is kept.",
        "{n} records are others at the centre than here, or gone there (first: case {number}): somebody changed the "
        "history. It is reported; tell your administrator. Yours are kept.",
        len(found),
        number=number,
    )


def of_others(conn: sa.Connection) -> Message | None:
    """For who leads, audits or administers: whose records are held at the centre; None when there are none."""
    return told_of_others(chain.held(conn))


def told_of_others(found: Sequence[HeldOf]) -> Message | None:
    if not found:
        return None
    first = found[0]
    return nmsg(
        "{n} device has records that are held at the centre ({person}, {device}: {records}): its store was copied, or "
        "one of its records is missing. Ask its person.",
        "{n} devices have records that are held at the centre (first: {person}, {device}: {records}): their stores "
        "were copied, or one of their records is missing. Ask their people.",
        len(found),
        person=first.person,
        device=first.device,
        records=first.records,
    )
