-- Moving cases: by hand, for a leave, and back. Each move is one event on the case, one row to undo it by, and one act.

-- An event of the centre itself, in its own chain; whoever is first holds the lock on its device row.
DROP FUNCTION app.write_central_event(uuid, text, uuid, text);
CREATE FUNCTION app.write_central_event(of_case uuid, kind text, author uuid, body text, answers uuid) RETURNS case_event
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    e app.sent_event;
    written case_event;
BEGIN
    SELECT d.id, d.chain_head INTO STRICT e.device, e.prev_hash
    FROM device d JOIN central_meta m ON m.epoch = d.id FOR UPDATE OF d;
    e.id := app.uuid7();
    e.case_id := of_case;
    e.kind := kind;
    e.occurred_at := clock_timestamp();
    e.author := author;
    e.answers := answers;
    e.body := body;
    e.offset_ms := 0;
    e.hash := app.event_hash(e);
    INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, answers, body, offset_ms, prev_hash, hash)
    VALUES (e.id, e.case_id, e.kind, e.occurred_at, e.author, e.device, e.answers, e.body::json, e.offset_ms, e.prev_hash, e.hash)
    RETURNING * INTO written;
    UPDATE device SET chain_head = e.hash, last_seen_at = e.occurred_at WHERE device.id = e.device;
    RETURN written;
END $$;

DROP FUNCTION app.reassign(uuid[], integer[], uuid, text);

-- A lead with a team, or an administrator; anybody else is refused.
CREATE FUNCTION app.require_lead() RETURNS person
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    me person;
BEGIN
    SELECT * INTO me FROM person p WHERE p.login = session_user AND p.active;
    IF NOT FOUND OR me.role NOT IN ('lead', 'admin') OR (me.role = 'lead' AND me.team_id IS NULL) THEN
        RAISE EXCEPTION 'only a team lead or an administrator may do this' USING ERRCODE = '42501';
    END IF;
    RETURN me;
END $$;

CREATE FUNCTION app.require_reason(reason text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF length(reason) > 2000 THEN
        RAISE EXCEPTION 'the reason is longer than 2000 characters' USING ERRCODE = 'WS011';
    END IF;
END $$;

-- Moves the cases whose version is the one seen; of the others it says who was first. `me` was checked by the caller.
-- `targets` and `teams` go with `case_ids`; an empty target gives the case back to its team.
CREATE FUNCTION app.move_cases(me person, case_ids uuid[], versions integer[], targets uuid[], teams uuid[], reason text,
                               action uuid)
RETURNS TABLE (case_id uuid, done boolean, version integer, decided_by text, decided_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    within uuid := CASE WHEN me.role = 'lead' THEN me.team_id END;  -- a lead moves cases inside one team
    wanted record;
    held cases;
    written case_event;
    mine boolean;
BEGIN
    PERFORM FROM cases c WHERE c.id = ANY (case_ids) ORDER BY c.id FOR UPDATE;
    FOR wanted IN
        SELECT w.id, w.seen, w.target, w.team
        FROM unnest(case_ids, versions, targets, teams) WITH ORDINALITY AS w (id, seen, target, team, n) ORDER BY w.n
    LOOP
        case_id := wanted.id;
        done := false;
        version := NULL;
        decided_by := NULL;
        decided_at := NULL;
        SELECT * INTO held FROM cases c WHERE c.id = wanted.id;
        mine := FOUND AND (within IS NULL OR held.team_id IS NOT DISTINCT FROM within);
        IF mine AND held.version = wanted.seen THEN
            done := true;
            version := held.version;
            IF held.assignee_id IS DISTINCT FROM wanted.target THEN
                UPDATE cases c
                SET assignee_id = wanted.target, team_id = coalesce(wanted.team, c.team_id), version = c.version + 1
                WHERE c.id = held.id
                RETURNING c.version INTO version;
                written := app.write_central_event(held.id, 'reassigned', me.id,
                    '{"action":' || to_json(action)::text
                    || ',"from_person":' || coalesce(to_json(held.assignee_id)::text, 'null')
                    || CASE WHEN coalesce(reason, '') = '' THEN '' ELSE ',"reason":' || to_json(reason)::text END
                    || ',"to_person":' || coalesce(to_json(wanted.target)::text, 'null') || '}', NULL);
                decided_at := written.occurred_at;
                decided_by := me.name;
                INSERT INTO moved_case (action, case_id, from_person, from_team, to_person, version, by_person)
                VALUES (action, held.id, held.assignee_id, held.team_id, wanted.target, version, me.id)
                ON CONFLICT DO NOTHING;
            END IF;
        ELSIF mine OR EXISTS (SELECT FROM case_scope s WHERE s.case_id = wanted.id AND s.holder_id = within) THEN
            IF mine THEN
                version := held.version;
            END IF;
            SELECT p.name, e.occurred_at INTO decided_by, decided_at
            FROM case_event e JOIN person p ON p.id = e.author
            WHERE e.case_id = wanted.id AND e.kind = 'reassigned'
            ORDER BY e.received_at DESC LIMIT 1;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;

CREATE FUNCTION app.reassign(case_ids uuid[], versions integer[], to_person uuid, reason text)
RETURNS TABLE (case_id uuid, done boolean, version integer, decided_by text, decided_at timestamptz, action uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person := app.require_lead();
    target person;
    made uuid := app.uuid7();
    many integer := coalesce(cardinality(case_ids), 0);
BEGIN
    IF many <> coalesce(cardinality(versions), 0) THEN
        RAISE EXCEPTION 'every case needs its version' USING ERRCODE = 'WS011';
    END IF;
    PERFORM app.require_reason(reason);
    IF to_person IS NOT NULL THEN  -- null gives the case back to the team
        target := app.holder_of_cases(to_person, CASE WHEN me.role = 'lead' THEN me.team_id END);
    END IF;
    RETURN QUERY
        SELECT m.*, made FROM app.move_cases(me, case_ids, versions, array_fill(target.id, ARRAY[many]),
                                             array_fill(target.team_id, ARRAY[many]), reason, made) m;
    PERFORM app.log_admin('reassigned', made::text, json_build_object(
        'cases', (SELECT count(*) FROM moved_case m WHERE m.action = made), 'to', target.id));
END $$;

-- Gives back what one action moved, within a day of it; what somebody moved since stays where it is, and says who did.
CREATE FUNCTION app.undo(of_action uuid, reason text)
RETURNS TABLE (case_id uuid, done boolean, version integer, decided_by text, decided_at timestamptz, action uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person := app.require_lead();
    made uuid := app.uuid7();
    first text;
    oldest timestamptz;
BEGIN
    PERFORM app.require_reason(undo.reason);
    -- One undo of an action at a time: the second is told who was first.
    PERFORM FROM moved_case m WHERE m.action = undo.of_action ORDER BY m.case_id FOR UPDATE;
    SELECT min(m.at) INTO oldest FROM moved_case m JOIN cases c ON c.id = m.case_id
    WHERE m.action = undo.of_action AND (me.role = 'admin' OR m.from_team = me.team_id OR c.team_id = me.team_id);
    IF oldest IS NULL THEN
        RAISE EXCEPTION 'there is no such move of yours' USING ERRCODE = 'WS021';
    END IF;
    first := app.done_by('undone', undo.of_action::text);
    IF first IS NOT NULL THEN
        RAISE EXCEPTION 'this was already done' USING ERRCODE = 'WS022', DETAIL = first;
    END IF;
    IF oldest < clock_timestamp() - interval '24 hours' THEN
        RAISE EXCEPTION 'a move can be undone within 24 hours' USING ERRCODE = 'WS023';
    END IF;
    RETURN QUERY
        SELECT b.*, made
        FROM (SELECT array_agg(m.case_id ORDER BY m.case_id) AS ids, array_agg(m.version ORDER BY m.case_id) AS versions,
                     array_agg(p.id ORDER BY m.case_id) AS targets, array_agg(m.from_team ORDER BY m.case_id) AS teams
              FROM moved_case m JOIN cases c ON c.id = m.case_id
              -- whoever cannot hold it any more gets nothing back: the case goes to its team
              LEFT JOIN person p ON p.id = m.from_person AND p.active AND p.role IN ('collector', 'field', 'lead')
                                AND p.team_id IS NOT DISTINCT FROM m.from_team
              WHERE m.action = undo.of_action
                AND (me.role = 'admin' OR m.from_team = me.team_id OR c.team_id = me.team_id)) a,
             LATERAL app.move_cases(me, a.ids, a.versions, a.targets, a.teams, undo.reason, made) b;
    PERFORM app.log_admin('undone', undo.of_action::text, json_build_object('action', made));
END $$;
