"""The replicated tables, defined once for both sides: PostgreSQL at the centre, SQLCipher at the seat.

Money is BIGINT minor units in the currency of the book. Ids are UUIDs (TEXT in SQLite). The centre adds
`xid xid8`, the last writing transaction, to every table listed in `REPLICATED`; the seat does not keep it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.Text().with_variant(postgresql.UUID(as_uuid=False), "postgresql")
# Local text is `utc_text` of domain.events; PostgreSQL keeps timestamptz.
Moment = sa.Text().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
# Local text is ISO `YYYY-MM-DD`.
Day = sa.Text().with_variant(sa.Date(), "postgresql")
# `json`, not `jsonb`: the text must stay as it was hashed.
Json = sa.Text().with_variant(postgresql.JSON(), "postgresql")
Amount = sa.BigInteger()

team = sa.Table(
    "team",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
)

person = sa.Table(
    "person",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),  # vocabulary.ROLES
    sa.Column("team_id", Id),
    sa.Column("active", sa.Boolean, nullable=False),
)

book = sa.Table(
    "book",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("bank", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("as_of", Day, nullable=False),
    sa.Column("daily_rate", sa.Text, nullable=False),  # decimal string, e.g. "0.0005"
    sa.Column("compound", sa.Boolean, nullable=False),  # does unpaid interest bear interest monthly
    sa.Column("contact", Json, nullable=False),  # bank's hotline, address, how to pay and object: for letters
)

debtor = sa.Table(
    "debtor",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, nullable=False, unique=True),  # one debtor with one bank is one case
    sa.Column("reference", sa.Text, nullable=False),  # the bank's customer number
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("sex", sa.Text),  # male | female
    sa.Column("birth_date", Day),
    sa.Column("id_number", sa.Text),
    sa.Column("language", sa.Text, nullable=False),  # zh_CN | en
    sa.Column("city", sa.Text),
    sa.Column("employer", sa.Text),
)

case = sa.Table(
    "cases",  # CASE is a reserved word
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("book_id", Id, nullable=False),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("opened_on", Day, nullable=False),
    sa.Column("closed_on", Day),
    sa.Column("assignee_id", Id),
    sa.Column("team_id", Id),
    sa.Column("version", sa.Integer, nullable=False),
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, nullable=False),
    sa.Column("number", sa.Text, nullable=False),  # card number of a test range
    sa.Column("credit_limit", Amount),
    sa.Column("opened_on", Day),
    sa.Column("statement_day", sa.Integer),
    sa.Column("first_unpaid_due", Day),  # empty when nothing is overdue
)

balance_snapshot = sa.Table(
    "balance_snapshot",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, nullable=False),
    sa.Column("account_id", Id, nullable=False),
    sa.Column("as_of", Day, nullable=False),
    sa.Column("principal", Amount, nullable=False),
    sa.Column("interest", Amount, nullable=False),
    sa.Column("penalty", Amount, nullable=False),
    sa.Column("fees", Amount, nullable=False),
    sa.Column("costs", Amount, nullable=False),
    sa.Column("months_past_due", sa.Integer, nullable=False),
)

payment = sa.Table(
    "payment",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, nullable=False),
    sa.Column("account_id", Id, nullable=False),
    sa.Column("value_date", Day, nullable=False),
    sa.Column("amount", Amount, nullable=False),  # negative takes back `reverses`
    sa.Column("method", sa.Text),
    sa.Column("reference", sa.Text, nullable=False),
    sa.Column("reverses", Id),
)

related_person = sa.Table(
    "related_person",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column(
        "relation", sa.Text, nullable=False
    ),  # spouse | parent | child | sibling | colleague | friend | guarantor
    sa.Column("liable", sa.Boolean, nullable=False),  # guarantor or co-debtor
)

contact_point = sa.Table(
    "contact_point",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, nullable=False),
    sa.Column("related_person_id", Id),  # empty: the debtor's own
    sa.Column("kind", sa.Text, nullable=False),  # phone | email | address
    sa.Column("label", sa.Text, nullable=False),  # mobile | home | work
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("time_zone", sa.Text, nullable=False),
    sa.Column("latitude", sa.Float),
    sa.Column("longitude", sa.Float),
    sa.Column("source", sa.Text, nullable=False),  # contract | debtor | authorised | public | query
    sa.Column("rank", sa.Integer, nullable=False),  # 0 is tried first
)

case_event = sa.Table(
    "case_event",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("case_id", Id, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("occurred_at", Moment, nullable=False),
    sa.Column("author", Id, nullable=False),
    sa.Column("device", Id, nullable=False),
    sa.Column("contact_point", Id),
    sa.Column("channel", sa.Text),
    sa.Column("outcome", sa.Text),
    sa.Column("amount", Amount),
    sa.Column("due_on", Day),
    sa.Column("duration", sa.Integer),
    sa.Column("answers", Id),
    sa.Column("body", Json, nullable=False),
    sa.Column("pack", sa.Text),
    sa.Column("offset_ms", sa.BigInteger, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

# Of each person who can hold cases; changed by `app.set_staffing` only.
staffing = sa.Table(
    "staffing",
    metadata,
    sa.Column("id", Id, primary_key=True),  # the person's
    sa.Column("capacity", sa.Integer, nullable=False),  # per cent of a full desk
    sa.Column("most_cases", sa.Integer),
    sa.Column("languages", Json, nullable=False),  # lists of texts; an empty one is no limit
    sa.Column("regions", Json, nullable=False),
    sa.Column("stages", Json, nullable=False),
    sa.Column("legal", sa.Boolean, nullable=False),
    sa.Column("leave_from", Day),
    sa.Column("leave_until", Day),
    sa.Column("cover_id", Id),
    sa.Column("version", sa.Integer, nullable=False),
)

# How each device stood when the centre last heard of it.
device_seen = sa.Table(
    "device_seen",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("person_id", Id, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("last_seen_at", Moment, nullable=False),
    sa.Column("waiting_events", sa.Integer, nullable=False),
    sa.Column("waiting_attachments", sa.Integer, nullable=False),
    sa.Column("revoked_at", Moment),
)

# Held by everyone who signs in: small, and the same for all.
DIRECTORY = (team, person, book)
# Held by a team's lead for the team, and by those who see everything, from the centre's schema 0011 on.
TEAM = (staffing, device_seen)
# Pulled per case; every one has `case_id`, except `cases` itself.
PER_CASE = (case, debtor, account, balance_snapshot, payment, related_person, contact_point, case_event)
REPLICATED = (*DIRECTORY, *TEAM, *PER_CASE)


def case_place(table: sa.Table) -> int:
    """Where a row of a per-case table has the id of its case."""
    return list(table.columns.keys()).index("id" if table is case else "case_id")
