-- What the centre keeps about restores, devices' chains, moves, leave and administration.

ALTER TABLE central_meta
    ADD serves_from text NOT NULL DEFAULT '0001',  -- the oldest client schema that is served
    ADD backup_at timestamptz,    -- the moment the restored backup was taken
    ADD restored_at timestamptz,  -- when it was restored; empty: never
    ADD recover_until timestamptz,  -- until then every seat may hand in what the centre forgot
    ADD admin_head text NOT NULL DEFAULT '';  -- hash of the newest admin_event

-- The horizon up to which this device has applied what entered and left: before it, it has been told of every move.
ALTER TABLE device ADD informed xid8;
-- The newest epoch of which it has applied a pull, and since when: until then it knew nothing of a restore.
ALTER TABLE device ADD told_epoch uuid, ADD told_at timestamptz;

-- Where each device's chain stands: its event that no other of its events follows.
UPDATE device d SET chain_head = leaf.hash
FROM (
    SELECT DISTINCT ON (e.device) e.device, e.hash FROM case_event e
    WHERE NOT EXISTS (SELECT FROM case_event f WHERE f.device = e.device AND f.prev_hash = e.hash)
    ORDER BY e.device, e.occurred_at DESC, e.id DESC
) leaf
WHERE leaf.device = d.id AND d.person_id IS NOT NULL;

-- A pull asks each table for a range of transactions, mostly an empty one. With (case_id, xid) alone it looks there once
-- for each case of the seat; these find out at once. The others serve a first pull, and events, which always have news.
CREATE INDEX ix_cases_xid ON cases (xid);
CREATE INDEX ix_debtor_xid ON debtor (xid);
CREATE INDEX ix_account_xid ON account (xid);
CREATE INDEX ix_balance_snapshot_xid ON balance_snapshot (xid);
CREATE INDEX ix_payment_xid ON payment (xid);
CREATE INDEX ix_related_person_xid ON related_person (xid);
CREATE INDEX ix_contact_point_xid ON contact_point (xid);

-- Whether a foreign case number exists must not show in a plan: PostgreSQL pushes a leakproof condition, like equality
-- of text, below the policies and into an index. `reverse` is not leakproof.
ALTER TABLE cases DROP CONSTRAINT uq_cases_number;
CREATE UNIQUE INDEX uq_cases_number ON cases (reverse(number));

-- Nor may the planner's estimates tell what is common in other people's cases; the centre never searches by these.
ALTER TABLE cases ALTER number SET STATISTICS 0;
ALTER TABLE debtor ALTER name SET STATISTICS 0, ALTER reference SET STATISTICS 0, ALTER birth_date SET STATISTICS 0,
    ALTER id_number SET STATISTICS 0, ALTER city SET STATISTICS 0, ALTER employer SET STATISTICS 0;
ALTER TABLE related_person ALTER name SET STATISTICS 0;
ALTER TABLE contact_point ALTER value SET STATISTICS 0;
ALTER TABLE account ALTER number SET STATISTICS 0;
ALTER TABLE payment ALTER reference SET STATISTICS 0;

-- Asked only when a chain is not in order; of a hash a hash index keeps four bytes.
CREATE INDEX ix_case_event_hash ON case_event USING hash (hash);
CREATE INDEX ix_case_event_prev_hash ON case_event USING hash (prev_hash);

-- What was refused, without its content: its successors in the chain are not broken, and an auditor sees it.
CREATE TABLE refused_event (
    event_id uuid NOT NULL,
    device_id uuid NOT NULL REFERENCES device,
    person_id uuid NOT NULL REFERENCES person,
    case_id uuid,
    hash text NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (device_id, hash, reason)
);

-- What a seat handed on that a restored centre had forgotten and could not verify by assignment or author.
CREATE TABLE recovered_event (
    event_id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,  -- who handed it on
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row for each case an action moved, so that it can be undone.
CREATE TABLE moved_case (
    action uuid NOT NULL,
    case_id uuid NOT NULL REFERENCES cases,
    from_person uuid REFERENCES person,
    from_team uuid REFERENCES team,
    to_person uuid REFERENCES person,
    version integer NOT NULL,  -- of the case after the move
    by_person uuid NOT NULL REFERENCES person,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (action, case_id)
);

-- Teams somebody led: what they wrote there before their device was told still counts.
CREATE TABLE former_team (
    person_id uuid NOT NULL REFERENCES person,
    team_id uuid NOT NULL REFERENCES team,
    left_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_former_team_person_id ON former_team (person_id);

CREATE TABLE leave_cover (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    cover_id uuid NOT NULL REFERENCES person,
    action uuid NOT NULL,
    until_day date NOT NULL,
    begun_by uuid NOT NULL REFERENCES person,
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_by uuid REFERENCES person,
    ended_at timestamptz
);
CREATE UNIQUE INDEX uq_leave_cover_open ON leave_cover (person_id) WHERE ended_at IS NULL;

-- Every act of administration, chained like the events of a device.
CREATE TABLE admin_event (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL,
    actor uuid REFERENCES person,  -- empty: the owner of the server
    login text NOT NULL,
    what text NOT NULL,
    subject text NOT NULL,  -- login, device, action or team
    body json NOT NULL,
    prev_hash text NOT NULL,
    hash text NOT NULL
);
CREATE INDEX ix_admin_event_subject ON admin_event (subject, what);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON admin_event
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();

CREATE FUNCTION app.admin_hash(prev text, e admin_event) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(pg_catalog.chr(31),
        prev, e.id, pg_catalog.to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        coalesce(e.actor::pg_catalog.text, ''), e.login, e.what, e.subject, e.body), 'UTF8')), 'hex')
$$;

CREATE FUNCTION app.log_admin(what text, subject text, body json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    e admin_event;
BEGIN
    SELECT m.admin_head INTO STRICT e.prev_hash FROM central_meta m FOR UPDATE;
    e.id := app.uuid7();
    e.at := clock_timestamp();
    e.actor := app.person_id();
    e.login := session_user;
    e.what := what;
    e.subject := subject;
    e.body := body;
    e.hash := app.admin_hash(e.prev_hash, e);
    INSERT INTO admin_event SELECT (e).*;
    UPDATE central_meta SET admin_head = e.hash;
END $$;

-- Who did this last, and when: for the one who comes second. Null: nobody yet.
CREATE FUNCTION app.done_by(what text, subject text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT coalesce(p.name, a.login) || to_char(a.at AT TIME ZONE 'UTC', ' YYYY-MM-DD HH24:MI "UTC"')
    FROM admin_event a LEFT JOIN person p ON p.id = a.actor
    WHERE a.what = done_by.what AND a.subject = done_by.subject
    ORDER BY a.at DESC, a.id DESC LIMIT 1
$$;

-- After a restore: a new epoch, so that every seat pulls afresh and hands in what is missing. For the owner only.
CREATE FUNCTION app.begin_recovery(backup_at timestamptz, days integer) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    fresh uuid := gen_random_uuid();
    now timestamptz := clock_timestamp();
BEGIN
    INSERT INTO device (id, name) VALUES (fresh, 'central');
    UPDATE device SET informed = NULL;
    UPDATE central_meta SET epoch = fresh, backup_at = begin_recovery.backup_at, restored_at = now,
        recover_until = now + days * interval '1 day';
    PERFORM app.log_admin('restored', fresh::text, json_build_object('backup_at', backup_at));
    RETURN fresh;
END $$;
