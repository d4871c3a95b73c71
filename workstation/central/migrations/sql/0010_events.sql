-- The only door for events: a second branch of a device's chain, and what follows a gap, is kept apart with its content.

-- Why an event does not continue its device's chain; null when it does. Asked only of those not simply in order.
CREATE OR REPLACE FUNCTION app.chain_fault(e app.sent_event) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp SET enable_seqscan = off AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM case_event k WHERE k.prev_hash = e.prev_hash AND k.device = e.device AND k.id <> e.id)
          OR EXISTS (SELECT FROM held_event h WHERE h.hash = e.prev_hash AND h.device = e.device AND h.reason = 'forked_chain')
            THEN 'forked_chain'
        WHEN e.prev_hash <> ''
         AND NOT EXISTS (SELECT FROM case_event k WHERE k.hash = e.prev_hash AND k.device = e.device)
         AND NOT EXISTS (SELECT FROM refused_event r WHERE r.device_id = e.device AND r.hash = e.prev_hash)
            THEN 'broken_chain'
    END
$$;

-- An event is taken when it is its author's own, from their own device, unchanged since it was written, next in the
-- device's chain, and on a case that is or was theirs: while it was, or until their device had been told of the move.
-- For a while after a restore, what happened before it is also taken from whoever still has it, and noted as such.
CREATE OR REPLACE FUNCTION app.push_events(batch json) RETURNS TABLE (id uuid, verdict text, reason text)
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
    PERFORM app.require_fresh_password();
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
    WITH RECURSIVE sent AS MATERIALIZED (
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
               d.person_id AS owner, d.id IS NOT NULL AS registered, d.revoked_at, d.waits, d.informed, d.chain_head,
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
    ), looked AS MATERIALIZED (
        SELECT m.*, CASE
            WHEN NOT m.fine THEN 'malformed'
            WHEN m.known THEN CASE WHEN NOT m.same THEN 'id_taken' END
            -- Somebody else's is handed on by those who worked with them, have had the case or see every case.
            WHEN m.authority IS NULL OR m.author <> me AND NOT (m.forgotten AND (
                watching
                OR m.team = my_team
                OR (SELECT true FROM case_scope s WHERE s.case_id = m.case_id AND s.holder_id = ANY (holding) LIMIT 1)
            )) IS TRUE THEN 'foreign_author'
            -- A device of nobody is the centre of before the restore: it wrote for leads and administrators, and what
            -- became of anybody's messages; a lead or an auditor hands that on.
            WHEN NOT m.registered
              OR m.owner IS DISTINCT FROM m.author
                 AND NOT (m.forgotten AND m.owner IS NULL AND m.device <> now_epoch
                          AND (m.authority IN ('lead', 'admin') OR m.kind = 'message_result')
                          AND (watching OR cardinality(holding) > 1))
                THEN 'foreign_device'
            -- What was recorded before the device was revoked still counts: nothing is lost.
            WHEN m.revoked_at <= m.happened THEN 'device_revoked'
            WHEN m.waits THEN 'device_waits'
            WHEN (m.kind IN ('reassigned', 'message_result')
                  OR m.kind = 'plan_decided' AND m.body::json ->> 'decision'
                         IN ('approved', 'rejected', 're_aged', 'terminated'))
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
        END AS found
        FROM met m
    ), branched AS (
        -- What follows the first event of a second branch belongs to that branch.
        SELECT l.n, l.device, l.hash FROM looked l WHERE l.found = 'forked_chain' AND NOT l.known
        UNION
        SELECT l.n, l.device, l.hash FROM branched b JOIN looked l ON l.device = b.device AND l.prev_hash = b.hash
        WHERE l.found IS NULL AND NOT l.known
    ), judged AS MATERIALIZED (
        SELECT l.*, CASE WHEN l.n IN (SELECT b.n FROM branched b) THEN 'forked_chain' ELSE l.found END AS fault
        FROM looked l
    ), taken AS (
        INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, contact_point, channel, outcome, amount,
                                due_on, duration, answers, body, pack, offset_ms, prev_hash, hash)
        SELECT j.id, j.case_id, j.kind, j.occurred_at, j.author, j.device, j.contact_point, j.channel, j.outcome,
               j.amount, j.due_on, j.duration, j.answers, j.body::json, j.pack, j.offset_ms, j.prev_hash, j.hash
        FROM judged j WHERE j.fault IS NULL AND NOT j.known AND j.copy = 1 ORDER BY j.n
        ON CONFLICT DO NOTHING
        RETURNING case_event.id
    ), queued AS (
        INSERT INTO message_delivery (message_id)
        SELECT j.id FROM judged j
        WHERE j.kind = 'message' AND j.channel IN ('sms', 'email') AND j.copy = 1 AND j.id IN (SELECT t.id FROM taken t)
        ON CONFLICT DO NOTHING
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
    ), held AS (
        -- Sound but for their place in the chain: nothing of them is lost, whatever becomes of the device.
        INSERT INTO held_event (id, case_id, kind, occurred_at, author, device, contact_point, channel, outcome, amount,
                                due_on, duration, answers, body, pack, offset_ms, prev_hash, hash, reason)
        SELECT j.id, j.case_id, j.kind, j.occurred_at, j.author, j.device, j.contact_point, j.channel, j.outcome,
               j.amount, j.due_on, j.duration, j.answers, j.body::json, j.pack, j.offset_ms, j.prev_hash, j.hash, j.fault
        FROM judged j
        WHERE j.fault IN ('forked_chain', 'broken_chain') AND j.owner = me AND j.author = me AND j.copy = 1 ORDER BY j.n
        ON CONFLICT DO NOTHING
    ), let_go AS (
        DELETE FROM held_event h USING taken t WHERE h.id = t.id
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
