-- What does not fit into a device's chain, and what seats say of the centre's own copy of the history.

-- Sound records whose place in the chain is taken or missing: of a device whose store was copied, both go on working; or
-- one of its records is gone. They count when a lead or an administrator takes them in; until then they are kept here.
CREATE TABLE held_event (
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
    body json NOT NULL,
    pack text,
    offset_ms bigint NOT NULL,
    prev_hash text NOT NULL,
    hash text NOT NULL,
    reason text NOT NULL CHECK (reason IN ('forked_chain', 'broken_chain')),
    held_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_held_event_hash ON held_event USING hash (hash);
CREATE INDEX ix_held_event_device ON held_event (device);

-- Held records that were taken in: they explain a fork, or a gap, of the chain.
CREATE TABLE released_event (
    event_id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,  -- who took it in
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- A seat that holds a record says that the centre's is another one, or is gone.
CREATE TABLE seat_witness (
    event_id uuid NOT NULL,
    device_id uuid NOT NULL REFERENCES device,
    person_id uuid NOT NULL REFERENCES person,
    held_hash text NOT NULL,
    centre_hash text,  -- empty: it is gone
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (event_id, device_id)
);

DO $$
DECLARE
    name text;
    whose text;
    my_team CONSTANT text := '(SELECT me.team_id FROM person me WHERE me.id = (SELECT app.person_id()) AND me.role = ''lead'')';
BEGIN
    FOREACH name IN ARRAY ARRAY['held_event', 'released_event', 'seat_witness'] LOOP
        whose := CASE name WHEN 'held_event' THEN 'author' ELSE 'person_id' END;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO ws_lead, ws_auditor, ws_admin', name);
        EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT TO ws_auditor, ws_admin '
                       'USING ((SELECT app.person_role()) IN (''auditor'', ''admin''))', name);
        EXECUTE format('CREATE POLICY team_read ON %I FOR SELECT TO ws_lead '
                       'USING (%I IN (SELECT p.id FROM person p WHERE p.team_id = %s))', name, whose, my_team);
    END LOOP;
END $$;

-- Takes in what is held of a device, by its person's lead or an administrator, never by that person.
CREATE FUNCTION app.release_held(device uuid, reason text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    me person := app.require_lead();
    seat device;
    many integer;
BEGIN
    PERFORM app.require_reason(reason);
    IF coalesce(reason, '') = '' THEN
        RAISE EXCEPTION 'a reason is needed' USING ERRCODE = 'WS011';
    END IF;
    SELECT d.* INTO seat FROM device d JOIN person p ON p.id = d.person_id
    WHERE d.id = release_held.device AND (me.role = 'admin' OR p.team_id = me.team_id) FOR NO KEY UPDATE OF d;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such device' USING ERRCODE = 'WS021';
    END IF;
    IF seat.person_id = me.id THEN
        RAISE EXCEPTION 'another lead or administrator decides this' USING ERRCODE = 'WS033';
    END IF;
    WITH gone AS (
        DELETE FROM held_event h WHERE h.device = seat.id RETURNING h.*
    ), taken AS (
        INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, contact_point, channel, outcome, amount,
                                due_on, duration, answers, body, pack, offset_ms, prev_hash, hash)
        SELECT g.id, g.case_id, g.kind, g.occurred_at, g.author, g.device, g.contact_point, g.channel, g.outcome, g.amount,
               g.due_on, g.duration, g.answers, g.body, g.pack, g.offset_ms, g.prev_hash, g.hash
        FROM gone g ORDER BY g.occurred_at, g.id ON CONFLICT DO NOTHING RETURNING id, kind, channel
    ), queued AS (
        INSERT INTO message_delivery (message_id)
        SELECT t.id FROM taken t WHERE t.kind = 'message' AND t.channel IN ('sms', 'email')
        ON CONFLICT DO NOTHING
    ), noted AS (
        INSERT INTO released_event (event_id, person_id) SELECT t.id, me.id FROM taken t ON CONFLICT DO NOTHING
    )
    SELECT count(*) INTO many FROM taken;
    IF many = 0 THEN
        RAISE EXCEPTION 'nothing of this device is held' USING ERRCODE = 'WS021';
    END IF;
    PERFORM app.log_admin('fork_released', seat.id::text, json_build_object('events', many, 'reason', reason));
    RETURN many;
END $$;

-- What a seat found when it compared its copies with the centre's. The centre looks itself: what is equal is not noted.
CREATE FUNCTION app.report_differing(device uuid, ids uuid[], hashes text[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    many integer;
BEGIN
    IF cardinality(ids) > 1000 OR cardinality(ids) IS DISTINCT FROM cardinality(hashes) THEN
        RAISE EXCEPTION 'at most 1000 events, each with its hash' USING ERRCODE = 'WS011';
    END IF;
    INSERT INTO seat_witness (event_id, device_id, person_id, held_hash, centre_hash)
    SELECT DISTINCT ON (s.id) s.id, d.id, d.person_id, s.hash, e.hash
    FROM unnest(ids, hashes) s (id, hash) JOIN device d ON d.id = report_differing.device AND d.person_id = app.person_id()
    LEFT JOIN case_event e ON e.id = s.id
    WHERE s.hash ~ '^[0-9a-f]{64}$' AND e.hash IS DISTINCT FROM s.hash
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS many = ROW_COUNT;
    IF many > 0 THEN
        PERFORM app.log_admin('seat_differs', device::text, json_build_object('events', many));
    END IF;
    RETURN many;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.release_held(uuid, text) TO ws_lead, ws_admin;
GRANT EXECUTE ON FUNCTION app.report_differing(uuid, uuid[], text[]) TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
