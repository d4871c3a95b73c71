"""Tables that only a seat has: outbox, sync state and log, drafts, projections, flags, letters and photos."""

from __future__ import annotations

import sqlalchemy as sa

local = sa.MetaData()

sync_state = sa.Table(
    "sync_state", local, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False)
)
outbox = sa.Table(
    "outbox",
    local,
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
    sa.Column("refused", sa.Text),  # the centre's reason; empty while waiting
)
draft = sa.Table(
    "draft",
    local,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("panel", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("saved_at", sa.Text, nullable=False),
)
case_row = sa.Table(
    "case_row",
    local,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),  # case_values.encode
)
letter_archive = sa.Table(
    "letter_archive",
    local,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
    sa.Column("event_id", sa.Text, nullable=False, unique=True),
    sa.Column("template", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("context", sa.Text, nullable=False),
    sa.Column("pdf", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

# What a former collector recorded, arrived after the case changed hands; stays until the new one has looked at it.
flagged_event = sa.Table(
    "flagged_event",
    local,
    sa.Column("event_id", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
)
# One line a synchronisation, without personal data.
sync_log = sa.Table(
    "sync_log",
    local,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("began_at", sa.Text, nullable=False),
    sa.Column("ended_at", sa.Text, nullable=False),
    sa.Column("problem", sa.Text),  # the error's code; empty when all went well
    sa.Column("pushed", sa.Integer, nullable=False),
    sa.Column("refused", sa.Integer, nullable=False),
    sa.Column("pulled", sa.Integer, nullable=False),
    sa.Column("granted", sa.Integer, nullable=False),
    sa.Column("revoked", sa.Integer, nullable=False),
)

# The case as its collector last saw it.
case_look = sa.Table(
    "case_look",
    local,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),  # desk.looked.Look
)

# Letters made in one go: what the batch is and how it went, without personal data; and its letters.
letter_batch = sa.Table(
    "letter_batch",
    local,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("body", sa.Text, nullable=False),  # desk.letter_batches
)
letter_batch_row = sa.Table(
    "letter_batch_row",
    local,
    sa.Column("batch_id", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("refused", sa.Text, nullable=False),  # the reason; empty for a letter that can be made
)

# Photos and signatures, by hash; the content in rows of local_db.attachments.CHUNK bytes.
attachment = sa.Table(
    "attachment",
    local,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("media", sa.Text, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("event_id", sa.Text),  # the event that names it; empty while its report is being written
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("refused", sa.Text),  # the centre's reason
)
attachment_chunk = sa.Table(
    "attachment_chunk",
    local,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)

# Days of visits as they are planned: what holds for the whole day, and its stops in order.
field_day = sa.Table(
    "field_day",
    local,
    sa.Column("day", sa.Text, primary_key=True),  # ISO
    sa.Column("body", sa.Text, nullable=False),  # desk.field_draft
)
field_stop = sa.Table(
    "field_stop",
    local,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, primary_key=True, index=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

# A case's line on the caseload board, as it was on `day`; forgotten with every change of the case.
caseload_line = sa.Table(
    "caseload_line",
    local,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("owed", sa.BigInteger, nullable=False),  # minor units of `currency`
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("days_past_due", sa.Integer, nullable=False),
    sa.Column("due", sa.Boolean, nullable=False),  # asks for something on `day`
    sa.Column("late", sa.Boolean, nullable=False),  # asks for something since before
    sa.Column("kept", sa.Text),  # author → promises kept, promises due in the last 30 days; empty without any
)

# What was decided without a line, and what the centre answered. It stays when its case leaves: somebody has to hear.
waiting_decision = sa.Table(
    "waiting_decision",
    local,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("case_id", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("made_at", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),  # empty while it waits
)

PER_CASE_LOCAL = (
    *(outbox, draft, case_row, letter_archive, flagged_event, case_look, letter_batch_row, caseload_line, field_stop),
)
