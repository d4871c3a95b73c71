-- The tables of workstation.tables with what only the centre keeps. `xid` is the last writing transaction: clients pull by it.

ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE TABLE central_meta (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch uuid NOT NULL DEFAULT gen_random_uuid(),  -- changes on restore
    schema_version text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE team (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);

CREATE TABLE person (
    id uuid PRIMARY KEY,
    login text NOT NULL CONSTRAINT uq_person_login UNIQUE,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('collector', 'field', 'lead', 'auditor', 'admin')),
    team_id uuid REFERENCES team,
    active boolean NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);

CREATE TABLE device (
    id uuid PRIMARY KEY,
    person_id uuid REFERENCES person,  -- empty: the centre itself, whose id is the epoch
    name text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    waiting_events integer NOT NULL DEFAULT 0,  -- in its outbox, as last told
    revoked_at timestamptz,
    chain_head text NOT NULL DEFAULT ''  -- of the centre's own events only
);
CREATE INDEX ix_device_person_id ON device (person_id);

CREATE TABLE book (
    id uuid PRIMARY KEY,
    bank text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    jurisdiction text NOT NULL,
    as_of date NOT NULL,
    daily_rate text NOT NULL CHECK (daily_rate ~ '^[0-9]+(\.[0-9]+)?$'),
    compound boolean NOT NULL,
    contact json NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);

CREATE TABLE cases (
    id uuid PRIMARY KEY,
    book_id uuid NOT NULL REFERENCES book,
    number text NOT NULL CONSTRAINT uq_cases_number UNIQUE,
    opened_on date NOT NULL,
    closed_on date,
    assignee_id uuid REFERENCES person,
    team_id uuid REFERENCES team,
    version integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_cases_id_xid ON cases (id, xid);
CREATE INDEX ix_cases_assignee_id ON cases (assignee_id);
CREATE INDEX ix_cases_team_id ON cases (team_id);

-- Who may see a case, and could when: kept by triggers on `cases`, never by hand. A revoked row stays, with its time.
CREATE TABLE case_scope (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases,
    holder_kind text NOT NULL CHECK (holder_kind IN ('person', 'team')),
    holder_id uuid NOT NULL,
    granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    revoked_at timestamptz,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_case_scope_holder_id_xid ON case_scope (holder_id, xid);
CREATE INDEX ix_case_scope_open ON case_scope (holder_id) INCLUDE (case_id) WHERE revoked_at IS NULL;
CREATE INDEX ix_case_scope_case_id ON case_scope (case_id, holder_id);
CREATE UNIQUE INDEX uq_case_scope_open ON case_scope (case_id, holder_kind) WHERE revoked_at IS NULL;

CREATE TABLE debtor (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL CONSTRAINT uq_debtor_case_id UNIQUE REFERENCES cases,
    reference text NOT NULL,
    name text NOT NULL,
    sex text CHECK (sex IN ('male', 'female')),
    birth_date date,
    id_number text,
    language text NOT NULL,
    city text,
    employer text,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_debtor_case_id_xid ON debtor (case_id, xid);

-- The pair (id, case_id) lets what hangs on an account prove with one key that both belong to the same case.
CREATE TABLE account (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases,
    number text NOT NULL,
    credit_limit bigint,
    opened_on date,
    statement_day integer CHECK (statement_day BETWEEN 1 AND 31),
    first_unpaid_due date,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT uq_account_id_case_id UNIQUE (id, case_id)
);
CREATE INDEX ix_account_case_id_xid ON account (case_id, xid);

CREATE TABLE balance_snapshot (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    account_id uuid NOT NULL,
    as_of date NOT NULL,
    principal bigint NOT NULL,
    interest bigint NOT NULL,
    penalty bigint NOT NULL,
    fees bigint NOT NULL,
    costs bigint NOT NULL,
    months_past_due integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT fk_balance_snapshot_account FOREIGN KEY (account_id, case_id) REFERENCES account (id, case_id)
);
CREATE INDEX ix_balance_snapshot_case_id_xid ON balance_snapshot (case_id, xid);

CREATE TABLE payment (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL,
    account_id uuid NOT NULL,
    value_date date NOT NULL,
    amount bigint NOT NULL,
    method text,
    reference text NOT NULL,
    reverses uuid REFERENCES payment DEFERRABLE INITIALLY DEFERRED,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT fk_payment_account FOREIGN KEY (account_id, case_id) REFERENCES account (id, case_id)
);
CREATE INDEX ix_payment_case_id_xid ON payment (case_id, xid);

CREATE TABLE related_person (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases,
    name text NOT NULL,
    relation text NOT NULL,
    liable boolean NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT uq_related_person_id_case_id UNIQUE (id, case_id)
);
CREATE INDEX ix_related_person_case_id_xid ON related_person (case_id, xid);

CREATE TABLE contact_point (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases,
    related_person_id uuid,
    kind text NOT NULL CHECK (kind IN ('phone', 'email', 'address')),
    label text NOT NULL,
    value text NOT NULL,
    time_zone text NOT NULL,
    latitude double precision,
    longitude double precision,
    source text NOT NULL,
    rank integer NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT fk_contact_point_related_person
        FOREIGN KEY (related_person_id, case_id) REFERENCES related_person (id, case_id)
);
CREATE INDEX ix_contact_point_case_id_xid ON contact_point (case_id, xid);

CREATE TABLE case_event (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases,
    kind text NOT NULL,
    occurred_at timestamptz NOT NULL,
    author uuid NOT NULL REFERENCES person,
    device uuid NOT NULL REFERENCES device,
    contact_point uuid,
    channel text,
    outcome text,
    amount bigint,
    due_on date,
    duration integer,
    answers uuid,
    body json NOT NULL,  -- json keeps the text as it was hashed
    pack text,
    offset_ms bigint NOT NULL,
    prev_hash text NOT NULL,
    hash text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_case_event_case_id_xid ON case_event (case_id, xid);

CREATE INDEX ix_team_xid ON team (xid);
CREATE INDEX ix_person_xid ON person (xid);
CREATE INDEX ix_book_xid ON book (xid);

-- Every change of a replicated row carries its transaction, whatever the statement says.
CREATE FUNCTION app.stamp_xid() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.xid := pg_current_xact_id();
    RETURN NEW;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['team', 'person', 'book', 'cases', 'case_scope', 'debtor', 'account',
                                'balance_snapshot', 'payment', 'related_person', 'contact_point'] LOOP
        EXECUTE format('CREATE TRIGGER stamp_xid BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION app.stamp_xid()', name);
    END LOOP;
END $$;

-- History is only ever added to, by the owner too.
CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or deleted' USING ERRCODE = 'WS012';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_event
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();

INSERT INTO central_meta (schema_version) VALUES ('0001');
INSERT INTO device (id, name) SELECT epoch, 'central' FROM central_meta;
