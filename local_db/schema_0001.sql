-- The tables of version 0.1, as released. Never edited: later versions are steps on top.

CREATE TABLE account (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    number TEXT NOT NULL,
    credit_limit BIGINT,
    opened_on TEXT,
    statement_day INTEGER,
    first_unpaid_due TEXT,
    CONSTRAINT pk_account PRIMARY KEY (id)
);

CREATE TABLE balance_snapshot (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    as_of TEXT NOT NULL,
    principal BIGINT NOT NULL,
    interest BIGINT NOT NULL,
    penalty BIGINT NOT NULL,
    fees BIGINT NOT NULL,
    costs BIGINT NOT NULL,
    months_past_due INTEGER NOT NULL,
    CONSTRAINT pk_balance_snapshot PRIMARY KEY (id)
);

CREATE TABLE book (
    id TEXT NOT NULL,
    bank TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    jurisdiction TEXT NOT NULL,
    as_of TEXT NOT NULL,
    daily_rate TEXT NOT NULL,
    compound BOOLEAN NOT NULL,
    contact TEXT NOT NULL,
    CONSTRAINT pk_book PRIMARY KEY (id)
);

CREATE TABLE case_event (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    author TEXT NOT NULL,
    device TEXT NOT NULL,
    contact_point TEXT,
    channel TEXT,
    outcome TEXT,
    amount BIGINT,
    due_on TEXT,
    duration INTEGER,
    answers TEXT,
    body TEXT NOT NULL,
    pack TEXT,
    offset_ms BIGINT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_case_event PRIMARY KEY (id)
);

CREATE TABLE cases (
    id TEXT NOT NULL,
    book_id TEXT NOT NULL,
    number TEXT NOT NULL,
    opened_on TEXT NOT NULL,
    closed_on TEXT,
    assignee_id TEXT,
    team_id TEXT,
    version INTEGER NOT NULL,
    CONSTRAINT pk_cases PRIMARY KEY (id),
    CONSTRAINT uq_cases_number UNIQUE (number)
);

CREATE TABLE contact_point (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    related_person_id TEXT,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    value TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    latitude FLOAT,
    longitude FLOAT,
    source TEXT NOT NULL,
    rank INTEGER NOT NULL,
    CONSTRAINT pk_contact_point PRIMARY KEY (id)
);

CREATE TABLE debtor (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    reference TEXT NOT NULL,
    name TEXT NOT NULL,
    sex TEXT,
    birth_date TEXT,
    id_number TEXT,
    language TEXT NOT NULL,
    city TEXT,
    employer TEXT,
    CONSTRAINT pk_debtor PRIMARY KEY (id),
    CONSTRAINT uq_debtor_case_id UNIQUE (case_id)
);

CREATE TABLE payment (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    value_date TEXT NOT NULL,
    amount BIGINT NOT NULL,
    method TEXT,
    reference TEXT NOT NULL,
    reverses TEXT,
    CONSTRAINT pk_payment PRIMARY KEY (id)
);

CREATE TABLE person (
    id TEXT NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    team_id TEXT,
    active BOOLEAN NOT NULL,
    CONSTRAINT pk_person PRIMARY KEY (id),
    CONSTRAINT uq_person_login UNIQUE (login)
);

CREATE TABLE related_person (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    name TEXT NOT NULL,
    relation TEXT NOT NULL,
    liable BOOLEAN NOT NULL,
    CONSTRAINT pk_related_person PRIMARY KEY (id)
);

CREATE TABLE team (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_team PRIMARY KEY (id)
);

CREATE TABLE case_row (
    case_id TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (case_id)
);

CREATE TABLE draft (
    case_id TEXT NOT NULL,
    panel TEXT NOT NULL,
    body TEXT NOT NULL,
    saved_at TEXT NOT NULL,
    PRIMARY KEY (case_id, panel)
);

CREATE TABLE letter_archive (
    id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    template TEXT NOT NULL,
    version TEXT NOT NULL,
    language TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    context TEXT NOT NULL,
    pdf BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (event_id)
);

CREATE INDEX ix_letter_archive_case_id ON letter_archive (case_id);

CREATE TABLE outbox (
    position INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    refused TEXT,
    PRIMARY KEY (position),
    UNIQUE (event_id)
);

CREATE INDEX ix_outbox_case_id ON outbox (case_id);

CREATE TABLE sync_state (
    "key" TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY ("key")
);

CREATE INDEX ix_account_case ON account (case_id);

CREATE INDEX ix_balance_snapshot_case ON balance_snapshot (case_id);

CREATE INDEX ix_payment_case ON payment (case_id);

CREATE INDEX ix_related_person_case ON related_person (case_id);

CREATE INDEX ix_contact_point_case ON contact_point (case_id);

CREATE INDEX ix_case_event_case ON case_event (case_id);

CREATE INDEX ix_case_event_recent ON case_event (occurred_at) WHERE kind = 'contact';

CREATE INDEX ix_balance_snapshot_account ON balance_snapshot (account_id, as_of);

CREATE VIRTUAL TABLE case_search USING fts5(case_id UNINDEXED, words, tokenize = 'trigram');
