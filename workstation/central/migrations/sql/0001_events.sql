-- The only door for events.

-- One event as sent; `body` is the JSON text that was hashed. Field order is that of workstation.tables.case_event.
CREATE TYPE app.sent_event AS (
    id uuid, case_id uuid, kind text, occurred_at timestamptz, author uuid, device uuid, contact_point uuid,
    channel text, outcome text, amount bigint, due_on date, duration integer, answers uuid, body text, pack text,
    offset_ms bigint, prev_hash text, hash text
);

-- The same as workstation.domain.events.event_hash.
CREATE FUNCTION app.event_hash(e app.sent_event) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, app, pg_temp AS $$
    SELECT encode(sha256(convert_to(concat_ws(chr(31),
        e.prev_hash,
        e.id,
        e.case_id,
        e.kind,
        to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        e.author,
        e.device,
        coalesce(e.contact_point::text, ''),
        coalesce(e.channel, ''),
        coalesce(e.outcome, ''),
        coalesce(e.amount::text, ''),
        coalesce(to_char(e.due_on, 'YYYY-MM-DD'), ''),
        coalesce(e.duration::text, ''),
        coalesce(e.answers::text, ''),
        e.body,
        coalesce(e.pack, ''),
        e.offset_ms), 'UTF8')), 'hex')
$$;

-- Version 7: milliseconds first, so that ids sort by time.
CREATE FUNCTION app.uuid7() RETURNS uuid LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    SELECT encode(set_byte(
        overlay(uuid_send(gen_random_uuid()) PLACING
                substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
        6, (get_byte(uuid_send(gen_random_uuid()), 0) & 15) | 112), 'hex')::uuid
$$;

-- Why an event cannot be taken, as a stable code of workstation.central.refusals; null when it can.
CREATE FUNCTION app.fault_of(e app.sent_event, me uuid, holders uuid[]) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    seat device;
    happened timestamptz := e.occurred_at + e.offset_ms * interval '1 millisecond';
BEGIN
    IF e.author IS DISTINCT FROM me THEN
        RETURN 'foreign_author';
    END IF;
    SELECT * INTO seat FROM device d WHERE d.id = e.device;
    IF NOT FOUND OR seat.person_id IS DISTINCT FROM me THEN
        RETURN 'foreign_device';
    END IF;
    -- What was recorded before the device was revoked still counts: nothing is lost.
    IF seat.revoked_at <= happened THEN
        RETURN 'device_revoked';
    END IF;
    IF e.kind = 'reassigned' THEN
        RETURN 'reserved_kind';
    END IF;
    IF app.event_hash(e) IS DISTINCT FROM e.hash THEN
        RETURN 'bad_hash';
    END IF;
    IF NOT EXISTS (
        SELECT FROM case_scope s
        WHERE s.case_id = e.case_id AND s.holder_id = ANY (holders)
          AND (s.revoked_at IS NULL OR (s.granted_at <= happened AND happened < s.revoked_at))
    ) THEN
        RETURN 'not_assigned';
    END IF;
    RETURN NULL;
END $$;

-- No sequential scans: a plan made while the tables were nearly empty would be kept by the session as they grow.
CREATE FUNCTION app.push_events(batch json) RETURNS TABLE (id uuid, verdict text, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    me uuid := app.person_id();
    holders uuid[] := app.holders();
    element json;
    e app.sent_event;
    known case_event;
BEGIN
    IF me IS NULL THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    FOR element IN SELECT value FROM json_array_elements(batch) LOOP
        id := NULL;
        verdict := 'refused';
        BEGIN
            id := element ->> 'id';
            e := json_populate_record(NULL::app.sent_event, element);
            reason := CASE
                WHEN num_nulls(e.id, e.case_id, e.kind, e.occurred_at, e.author, e.device, e.body, e.offset_ms,
                               e.prev_hash, e.hash) > 0
                  OR e.kind !~ '^[a-z][a-z0-9_]{0,39}$'
                  OR e.channel !~ '^[a-z_]{1,40}$'
                  OR e.outcome !~ '^[a-z0-9_]{1,60}$'
                  OR e.pack !~ '^[ -~]{1,100}$'
                  OR e.prev_hash !~ '^([0-9a-f]{64})?$'
                  OR e.due_on NOT BETWEEN '0001-01-01' AND '9999-12-31'
                  OR length(e.body) > 1000000
                  OR json_typeof(e.body::json) <> 'object'
                  OR e.occurred_at + e.offset_ms * interval '1 millisecond' NOT BETWEEN '1970-01-01Z' AND '9999-01-01Z'
                THEN 'malformed'
            END;
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            reason := 'malformed';
        END;
        IF reason IS NULL THEN
            SELECT * INTO known FROM case_event k WHERE k.id = e.id;
            IF NOT FOUND THEN
                reason := app.fault_of(e, me, holders);
                IF reason IS NULL THEN
                    INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, contact_point, channel,
                                            outcome, amount, due_on, duration, answers, body, pack, offset_ms,
                                            prev_hash, hash)
                    VALUES (e.id, e.case_id, e.kind, e.occurred_at, e.author, e.device, e.contact_point, e.channel,
                            e.outcome, e.amount, e.due_on, e.duration, e.answers, e.body::json, e.pack, e.offset_ms,
                            e.prev_hash, e.hash)
                    ON CONFLICT DO NOTHING;
                    IF FOUND THEN
                        verdict := 'accepted';
                    ELSE  -- the same event came over another connection meanwhile
                        SELECT * INTO known FROM case_event k WHERE k.id = e.id;
                    END IF;
                END IF;
            END IF;
            IF verdict <> 'accepted' AND known.id = e.id THEN
                IF known.hash = e.hash AND known.author = me THEN
                    verdict := 'duplicate';
                ELSE
                    reason := 'id_taken';
                END IF;
            END IF;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
