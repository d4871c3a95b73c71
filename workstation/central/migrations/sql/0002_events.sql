-- The only door for events, now judging a whole batch in one statement and following each device's chain.

-- Without SET and with every name in full, so that the planner takes it into the query instead of calling it.
CREATE OR REPLACE FUNCTION app.event_hash(e app.sent_event) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(pg_catalog.concat_ws(pg_catalog.chr(31),
        e.prev_hash,
        e.id,
        e.case_id,
        e.kind,
        pg_catalog.to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        e.author,
        e.device,
        coalesce(e.contact_point::pg_catalog.text, ''),
        coalesce(e.channel, ''),
        coalesce(e.outcome, ''),
        coalesce(e.amount::pg_catalog.text, ''),
        coalesce(pg_catalog.to_char(e.due_on, 'YYYY-MM-DD'), ''),
        coalesce(e.duration::pg_catalog.text, ''),
        coalesce(e.answers::pg_catalog.text, ''),
        e.body,
        coalesce(e.pack, ''),
        e.offset_ms), 'UTF8')), 'hex')
$$;
ALTER FUNCTION app.event_hash(app.sent_event) RESET search_path;

-- Whether an event is in a form the centre keeps. May raise on what cannot even be read: the caller catches it.
CREATE FUNCTION app.well_formed(e app.sent_event) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT pg_catalog.num_nulls(e.id, e.case_id, e.kind, e.occurred_at, e.author, e.device, e.body, e.offset_ms,
                                e.prev_hash, e.hash) = 0
       -- lengths apart from the characters: a counted repetition in a pattern costs more than all the rest here
       AND e.kind ~ '^[a-z][a-z0-9_]*$' AND pg_catalog.octet_length(e.kind) <= 40
       AND coalesce(e.channel ~ '^[a-z_]+$' AND pg_catalog.octet_length(e.channel) <= 40, true)
       AND coalesce(e.outcome ~ '^[a-z0-9_]+$' AND pg_catalog.octet_length(e.outcome) <= 60, true)
       AND coalesce(e.pack ~ '^[ -~]+$' AND pg_catalog.octet_length(e.pack) <= 100, true)
       AND e.prev_hash ~ '^[0-9a-f]*$' AND pg_catalog.octet_length(e.prev_hash) IN (0, 64)
       AND e.hash ~ '^[0-9a-f]*$' AND pg_catalog.octet_length(e.hash) = 64
       AND coalesce(e.due_on BETWEEN '0001-01-01' AND '9999-12-31', true)
       AND pg_catalog.length(e.body) <= 1000000
       AND pg_catalog.json_typeof(e.body::pg_catalog.json) = 'object'
       -- What is looked into here must be readable here: a NUL or half a surrogate pair is not, for PostgreSQL.
       AND (e.kind NOT LIKE 'plan\_%' OR pg_catalog.jsonb_typeof(e.body::pg_catalog.jsonb) = 'object')
       AND e.occurred_at BETWEEN '1000-01-01Z' AND '9999-12-31Z'  -- what a seat can spell and read
       AND e.occurred_at + e.offset_ms * interval '1 millisecond' BETWEEN '1970-01-01Z' AND '9999-01-01Z'
$$;

-- The batch in its own order. `fine` says which are well formed; of the others what can be read is kept, so that their
-- successors in the chain go on. `ids` come apart, for the answer.
CREATE FUNCTION app.read_batch(batch json, OUT events app.sent_event[], OUT fine boolean[], OUT ids uuid[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    element json;
    e app.sent_event;
    good boolean;
BEGIN
    IF json_typeof(batch) IS DISTINCT FROM 'array' OR json_array_length(batch) > 5000 THEN
        RAISE EXCEPTION 'a batch is an array of at most 5000 events' USING ERRCODE = 'WS011';
    END IF;
    BEGIN
        SELECT array_agg(x.e ORDER BY x.n), array_agg(app.well_formed(x.e) ORDER BY x.n), array_agg((x.e).id ORDER BY x.n)
        INTO events, fine, ids
        FROM (SELECT r AS e, row_number() OVER () AS n FROM json_populate_recordset(NULL::app.sent_event, batch) r) x;
        RETURN;
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
        events := '{}';  -- at least one cannot be read: one by one, so that the others go on
        fine := '{}';
        ids := '{}';
    END;
    FOR element IN SELECT value FROM json_array_elements(batch) LOOP
        e := NULL;
        BEGIN
            e := json_populate_record(NULL::app.sent_event, element);
            good := app.well_formed(e);
        EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
            good := false;
            BEGIN
                e := json_populate_record(NULL::app.sent_event, json_build_object('id', element ->> 'id',
                    'case_id', element ->> 'case_id', 'author', element ->> 'author', 'device', element ->> 'device',
                    'prev_hash', element ->> 'prev_hash', 'hash', element ->> 'hash'));
            EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
                e := NULL;
                BEGIN
                    e.id := element ->> 'id';
                EXCEPTION WHEN data_exception THEN
                    NULL;  -- then it is answered for without an id
                END;
            END;
        END;
        events := events || e;
        fine := fine || good;
        ids := ids || e.id;
    END LOOP;
END $$;

-- Why an event does not continue its device's chain; null when it does. Asked only of those not simply in order.
CREATE FUNCTION app.chain_fault(e app.sent_event) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp SET enable_seqscan = off AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM case_event k WHERE k.prev_hash = e.prev_hash AND k.device = e.device AND k.id <> e.id)
            THEN 'forked_chain'
        WHEN e.prev_hash <> ''
         AND NOT EXISTS (SELECT FROM case_event k WHERE k.hash = e.prev_hash AND k.device = e.device)
         AND NOT EXISTS (SELECT FROM refused_event r WHERE r.device_id = e.device AND r.hash = e.prev_hash)
            THEN 'broken_chain'
    END
$$;

DROP FUNCTION app.push_events(json);
DROP FUNCTION app.fault_of(app.sent_event, uuid, uuid[]);

-- An event is taken when it is its author's own, from their own device, unchanged since it was written, next in the
-- device's chain, and on a case that is or was theirs: while it was, or until their device had been told of the move.
-- For a while after a restore, what happened before it is also taken from whoever still has it, and noted as such.
CREATE FUNCTION app.push_events(batch json) RETURNS TABLE (id uuid, verdict text, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp
SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    me uuid := app.person_id();
    holding uuid[] := app.holders();  -- me, and for a lead the team
    my_team uuid := (SELECT p.team_id FROM person p WHERE p.id = app.person_id());
    watching boolean := app.person_role() IN ('auditor', 'admin');  -- sees everything, records nothing
    events app.sent_event[];
    fine boolean[];
    ids uuid[];
    forgotten_before timestamptz;  -- what happened earlier may have been forgotten by a restore
    now_epoch uuid;
BEGIN
    IF me IS NULL THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    SELECT r.events, r.fine, r.ids INTO events, fine, ids FROM app.read_batch(batch) r;
    SELECT m.restored_at, m.epoch INTO forgotten_before, now_epoch FROM central_meta m
    WHERE m.recover_until > clock_timestamp();
    IF forgotten_before IS NOT NULL THEN
        -- A device the backup does not know, of an author it knows: its owner greets with it later.
        INSERT INTO device (id, person_id, name)
        SELECT DISTINCT e.device, e.author, 'recovered' FROM unnest(events) e JOIN person p ON p.id = e.author
        WHERE e.device IS NOT NULL
        ON CONFLICT DO NOTHING;
    END IF;
    -- One batch of a device at a time, or two could both continue the same event.
    PERFORM FROM device d
    WHERE d.id = ANY (SELECT e.device FROM unnest(events) e)
      AND (d.person_id = me OR forgotten_before IS NOT NULL AND d.person_id IS NOT NULL)
    ORDER BY d.id FOR NO KEY UPDATE;
    RETURN QUERY
    WITH sent AS MATERIALIZED (
        SELECT e.*,
               CASE WHEN e.fine THEN e.occurred_at + e.offset_ms * interval '1 millisecond' END AS happened,
               row_number() OVER (PARTITION BY e.id ORDER BY e.n) AS copy,
               first_value(e.hash) OVER (PARTITION BY e.id ORDER BY e.n) AS first_hash,
               row_number() OVER (PARTITION BY e.fine, e.device, e.prev_hash ORDER BY e.n) AS branch,
               lag(e.hash) OVER (PARTITION BY e.device ORDER BY e.n) AS before
        FROM ROWS FROM (unnest(events), unnest(fine), unnest(ids)) WITH ORDINALITY
             AS e (id, case_id, kind, occurred_at, author, device, contact_point, channel, outcome, amount, due_on,
                   duration, answers, body, pack, offset_ms, prev_hash, hash, fine, claimed, n)
    ), met AS MATERIALIZED (
        SELECT s.*, k.id IS NOT NULL AS known, k.hash = s.hash AND (k.author = me OR forgotten_before IS NOT NULL) AS same,
               d.person_id AS owner, d.id IS NOT NULL AS registered, d.revoked_at, d.informed, d.chain_head,
               p.role AS authority, p.team_id AS team,
               -- Before the restore; for one's own work, before the device heard of it.
               forgotten_before IS NOT NULL AND CASE
                   WHEN s.author <> me OR d.person_id IS DISTINCT FROM me THEN s.happened < forgotten_before
                   WHEN watching THEN false
                   ELSE d.told_epoch IS DISTINCT FROM now_epoch OR s.happened < greatest(forgotten_before, d.told_at)
               END AS forgotten
        FROM sent s
        LEFT JOIN LATERAL (SELECT c.id, c.hash, c.author FROM case_event c WHERE c.id = s.id LIMIT 1) k ON true
        LEFT JOIN LATERAL (SELECT * FROM device v WHERE v.id = s.device LIMIT 1) d ON true
        LEFT JOIN LATERAL (SELECT v.role, v.team_id FROM person v WHERE v.id = s.author LIMIT 1) p ON true
    ), judged AS MATERIALIZED (
        SELECT m.*, CASE
            WHEN NOT m.fine THEN 'malformed'
            WHEN m.known THEN CASE WHEN NOT m.same THEN 'id_taken' END
            -- Somebody else's is handed on by those who worked with them, have had the case or see every case.
            WHEN m.authority IS NULL OR m.author <> me AND NOT (m.forgotten AND (
                watching
                OR m.team = my_team
                OR (SELECT true FROM case_scope s WHERE s.case_id = m.case_id AND s.holder_id = ANY (holding) LIMIT 1)
            )) IS TRUE THEN 'foreign_author'
            -- A device of nobody is the centre of before the restore: it wrote for leads and administrators, and a lead
            -- or an auditor hands that on.
            WHEN NOT m.registered
              OR m.owner IS DISTINCT FROM m.author
                 AND NOT (m.forgotten AND m.owner IS NULL AND m.device <> now_epoch AND m.authority IN ('lead', 'admin')
                          AND (watching OR cardinality(holding) > 1))
                THEN 'foreign_device'
            -- What was recorded before the device was revoked still counts: nothing is lost.
            WHEN m.revoked_at <= m.happened THEN 'device_revoked'
            WHEN (m.kind = 'reassigned'
                  OR m.kind = 'plan_decided' AND m.body::json ->> 'decision' IN ('approved', 'rejected'))
                 AND m.owner IS NOT NULL THEN 'reserved_kind'
            WHEN app.event_hash(ROW(m.id, m.case_id, m.kind, m.occurred_at, m.author, m.device, m.contact_point,
                                    m.channel, m.outcome, m.amount, m.due_on, m.duration, m.answers, m.body, m.pack,
                                    m.offset_ms, m.prev_hash, m.hash)::app.sent_event) <> m.hash THEN 'bad_hash'
            WHEN m.forgotten AND (SELECT true FROM cases c WHERE c.id = m.case_id) IS NULL THEN 'not_assigned'
            WHEN NOT m.forgotten AND (
                SELECT true FROM case_scope s
                WHERE s.case_id = m.case_id AND s.holder_id = ANY (holding)
                  AND (s.revoked_at IS NULL
                       OR s.granted_at <= m.happened AND m.happened < s.revoked_at
                       OR s.xid >= coalesce(m.informed, '0') AND clock_timestamp() < s.revoked_at + interval '30 days')
                LIMIT 1
            ) IS NULL AND (
                SELECT true FROM former_team f JOIN case_scope s ON s.holder_id = f.team_id
                WHERE f.person_id = me AND s.case_id = m.case_id AND s.granted_at < f.left_at
                  AND (m.happened < f.left_at OR f.xid >= coalesce(m.informed, '0'))
                  AND clock_timestamp() < f.left_at + interval '30 days'
                LIMIT 1
            ) IS NULL THEN 'not_assigned'
            WHEN m.branch > 1 AND m.copy = 1 THEN 'forked_chain'
            -- In order in the batch, or after what the centre had last: nothing more to ask.
            WHEN m.prev_hash = coalesce(m.before, m.chain_head) THEN NULL
            WHEN (m.device, m.prev_hash) IN (SELECT p.device, p.hash FROM sent p
                                             WHERE num_nulls(p.device, p.hash) = 0) THEN NULL
            ELSE (SELECT f.fault FROM app.chain_fault(
                      ROW(m.id, m.case_id, m.kind, m.occurred_at, m.author, m.device, m.contact_point, m.channel,
                          m.outcome, m.amount, m.due_on, m.duration, m.answers, m.body, m.pack, m.offset_ms,
                          m.prev_hash, m.hash)::app.sent_event) f (fault)
                  -- A restore leaves gaps until everybody has handed in; a fork it does not explain.
                  WHERE NOT (forgotten_before IS NOT NULL AND f.fault = 'broken_chain'))
        END AS fault
        FROM met m
    ), taken AS (
        INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, contact_point, channel, outcome, amount,
                                due_on, duration, answers, body, pack, offset_ms, prev_hash, hash)
        SELECT j.id, j.case_id, j.kind, j.occurred_at, j.author, j.device, j.contact_point, j.channel, j.outcome,
               j.amount, j.due_on, j.duration, j.answers, j.body::json, j.pack, j.offset_ms, j.prev_hash, j.hash
        FROM judged j WHERE j.fault IS NULL AND NOT j.known AND j.copy = 1 ORDER BY j.n
        ON CONFLICT DO NOTHING
        RETURNING case_event.id
    ), noted AS (
        INSERT INTO recovered_event (event_id, person_id)
        SELECT j.id, me FROM judged j
        WHERE forgotten_before IS NOT NULL AND j.forgotten AND j.copy = 1 AND j.id IN (SELECT t.id FROM taken t)
          AND (j.author <> me OR j.owner IS NULL OR NOT EXISTS (
              SELECT FROM case_scope s
              WHERE s.case_id = j.case_id AND s.holder_id = ANY (holding) AND s.revoked_at IS NULL))
    ), kept_out AS (
        INSERT INTO refused_event (event_id, device_id, person_id, case_id, hash, reason)
        SELECT j.id, j.device, me, j.case_id, j.hash, j.fault FROM judged j
        WHERE j.fault IS NOT NULL AND NOT j.known AND j.owner = me AND j.author = me
          AND j.id IS NOT NULL AND j.hash ~ '^[0-9a-f]{64}$'
        ON CONFLICT DO NOTHING
    ), moved AS (
        -- The newest of the fresh events that none of the batch follows: also a refused one, its successor goes on.
        UPDATE device d SET chain_head = leaf.hash
        FROM (
            SELECT DISTINCT ON (j.device) j.device, j.hash FROM judged j
            WHERE j.owner = me AND j.author = me AND (j.fine OR j.hash ~ '^[0-9a-f]{64}$')
              AND NOT j.known AND j.fault IS DISTINCT FROM 'forked_chain'
              AND (NOT j.forgotten OR j.prev_hash = coalesce(j.before, j.chain_head))
              AND NOT EXISTS (SELECT FROM judged f WHERE f.device = j.device AND f.prev_hash = j.hash)
            ORDER BY j.device, j.n DESC
        ) leaf
        WHERE d.id = leaf.device AND d.chain_head <> leaf.hash
    )
    SELECT j.claimed,
           CASE WHEN j.fault IS NOT NULL THEN 'refused'
                WHEN j.known THEN 'duplicate'
                WHEN j.copy > 1 THEN CASE WHEN j.hash = j.first_hash THEN 'duplicate' ELSE 'refused' END
                WHEN t.id IS NOT NULL THEN 'accepted'
           END,  -- null: it came over another connection just now; asked again, it is a duplicate
           CASE WHEN j.fault IS NOT NULL THEN j.fault WHEN j.copy > 1 AND j.hash <> j.first_hash THEN 'id_taken' END
    FROM judged j LEFT JOIN taken t ON t.id = j.id
    ORDER BY j.n;
END $$;

-- Which of these events the centre does not have: what a seat hands in after a restore.
CREATE FUNCTION app.missing_events(ids uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT i FROM unnest(ids) i
    WHERE app.person_id() IS NOT NULL AND NOT EXISTS (SELECT FROM case_event e WHERE e.id = i)
$$;
