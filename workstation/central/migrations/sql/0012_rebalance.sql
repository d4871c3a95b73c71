-- Cases shared out anew: thousands in one transaction, each by its version, to people who may hold them and are there.
-- A leave covered by several people ends by itself on the day after its last one; whoever gave or got cases is told.

ALTER TABLE leave_cover ALTER cover_id DROP NOT NULL;  -- empty: several people cover it
CREATE INDEX ix_moved_case_from_person ON moved_case (from_person, at);
CREATE INDEX ix_moved_case_to_person ON moved_case (to_person, at);

DROP FUNCTION app.move_cases(person, uuid[], integer[], uuid[], uuid[], text, uuid);

-- Moves the cases whose version is the one seen; of the others it says who was first. `me` was checked by the caller.
-- `targets` and `teams` go with `case_ids`; an empty target gives the case back to its team. `until`: for a leave.
-- The events are made one after the other, as their chain wants it, and written at once: ten thousand take seconds.
CREATE FUNCTION app.move_cases(me person, case_ids uuid[], versions integer[], targets uuid[], teams uuid[], reason text,
                               action uuid, until date DEFAULT NULL)
RETURNS TABLE (case_id uuid, done boolean, version integer, decided_by text, decided_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    within uuid := CASE WHEN me.role = 'lead' THEN me.team_id END;  -- a lead moves cases inside one team
    wanted record;
    e app.sent_event;
    written app.sent_event[] := '{}';
    going uuid[] := '{}';
    to_people uuid[] := '{}';
    to_teams uuid[] := '{}';
BEGIN
    IF cardinality(case_ids) <> (SELECT count(DISTINCT id) FROM unnest(case_ids) id) THEN
        RAISE EXCEPTION 'a case is named twice, or not at all' USING ERRCODE = 'WS011';
    END IF;
    PERFORM FROM cases c WHERE c.id = ANY (case_ids) ORDER BY c.id FOR UPDATE;
    FOR wanted IN
        SELECT w.id, w.seen, w.target, w.team, c.version AS now, c.assignee_id AS holder,
               c.id IS NOT NULL AND (within IS NULL OR c.team_id IS NOT DISTINCT FROM within) AS mine
        FROM unnest(case_ids, versions, targets, teams) WITH ORDINALITY AS w (id, seen, target, team, n)
        LEFT JOIN cases c ON c.id = w.id
        ORDER BY w.n
    LOOP
        case_id := wanted.id;
        done := false;
        version := NULL;
        decided_by := NULL;
        decided_at := NULL;
        IF wanted.mine AND wanted.now = wanted.seen THEN
            done := true;
            version := wanted.now;
            IF wanted.holder IS DISTINCT FROM wanted.target THEN
                IF e.device IS NULL THEN  -- whoever is first holds the lock on the centre's chain
                    SELECT d.id, d.chain_head INTO STRICT e.device, e.prev_hash
                    FROM device d JOIN central_meta m ON m.epoch = d.id FOR UPDATE OF d;
                    e.kind := 'reassigned';
                    e.author := me.id;
                    e.offset_ms := 0;
                ELSE
                    e.prev_hash := e.hash;
                END IF;
                e.id := app.uuid7();
                e.case_id := wanted.id;
                e.occurred_at := clock_timestamp();
                e.body := '{"action":' || to_json(action)::text
                    || ',"from_person":' || coalesce(to_json(wanted.holder)::text, 'null')
                    || CASE WHEN coalesce(reason, '') = '' THEN '' ELSE ',"reason":' || to_json(reason)::text END
                    || ',"to_person":' || coalesce(to_json(wanted.target)::text, 'null')
                    || CASE WHEN until IS NULL THEN '' ELSE ',"until":' || to_json(until)::text END || '}';
                e.hash := app.event_hash(e);
                written := written || e;
                going := going || wanted.id;
                to_people := to_people || wanted.target;
                to_teams := to_teams || wanted.team;
                version := wanted.now + 1;
                decided_at := e.occurred_at;
                decided_by := me.name;
            END IF;
        ELSIF wanted.mine OR EXISTS (SELECT FROM case_scope s WHERE s.case_id = wanted.id AND s.holder_id = within) THEN
            IF wanted.mine THEN
                version := wanted.now;
            END IF;
            SELECT p.name, k.occurred_at INTO decided_by, decided_at
            FROM case_event k JOIN person p ON p.id = k.author
            WHERE k.case_id = wanted.id AND k.kind = 'reassigned'
            ORDER BY k.received_at DESC LIMIT 1;
        END IF;
        RETURN NEXT;
    END LOOP;
    IF e.device IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO moved_case (action, case_id, from_person, from_team, to_person, version, by_person)
    SELECT move_cases.action, c.id, c.assignee_id, c.team_id, g.target, c.version + 1, me.id
    FROM unnest(going, to_people) AS g (id, target) JOIN cases c ON c.id = g.id
    ON CONFLICT DO NOTHING;
    UPDATE cases c SET assignee_id = g.target, team_id = coalesce(g.team, c.team_id), version = c.version + 1
    FROM unnest(going, to_people, to_teams) AS g (id, target, team) WHERE c.id = g.id;
    INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, body, offset_ms, prev_hash, hash)
    SELECT w.id, w.case_id, w.kind, w.occurred_at, w.author, w.device, w.body::json, w.offset_ms, w.prev_hash, w.hash
    FROM unnest(written) w;
    UPDATE device SET chain_head = e.hash, last_seen_at = e.occurred_at WHERE device.id = e.device;
END $$;

-- Is this person away today, by what the lead plans with or by a leave that is covered?
CREATE FUNCTION app.is_away(of_person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT EXISTS (SELECT FROM staffing s WHERE s.id = of_person AND current_date BETWEEN s.leave_from AND s.leave_until)
        OR EXISTS (SELECT FROM leave_cover l WHERE l.person_id = of_person AND l.ended_at IS NULL AND l.until_day >= current_date)
$$;

-- Each case to its target, in one transaction. What somebody moved meanwhile stays where it is and says who did: a move of
-- thousands does not fail for one. The action's id comes from the seat: asked again after a broken line, the same is
-- answered and nothing is moved twice. `away` with `until`: their leave, after which what still lies with its covers returns.
CREATE FUNCTION app.rebalance(action uuid, case_ids uuid[], versions integer[], targets uuid[], reason text,
                              away uuid DEFAULT NULL, until date DEFAULT NULL)
RETURNS TABLE (case_id uuid, done boolean, version integer, decided_by text, decided_at timestamptz, undo_until timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person := app.require_lead();
    within uuid := CASE WHEN me.role = 'lead' THEN me.team_id END;
    many integer := coalesce(cardinality(case_ids), 0);
    began timestamptz;
    own boolean;
    target uuid;
    holder person;
    leaver person;
    leave uuid := app.uuid7();
    covers uuid[];
BEGIN
    IF rebalance.action IS NULL OR many > 20000 OR many <> coalesce(cardinality(versions), 0)
       OR many <> coalesce(cardinality(targets), 0) OR array_position(targets, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'every case needs its version and its new holder, 20000 at the most' USING ERRCODE = 'WS011';
    END IF;
    PERFORM app.require_reason(rebalance.reason);
    PERFORM FROM cases c WHERE c.id = ANY (case_ids) ORDER BY c.id FOR UPDATE;  -- asked twice at once: one after the other
    SELECT min(m.at), bool_and(m.by_person = me.id) INTO began, own FROM moved_case m WHERE m.action = rebalance.action;
    IF began IS NOT NULL THEN
        IF NOT own THEN
            RAISE EXCEPTION 'there is no such move of yours' USING ERRCODE = 'WS021';
        END IF;
        RETURN QUERY
            SELECT w.id, m.case_id IS NOT NULL OR c.assignee_id = w.target, coalesce(m.version, c.version),
                   CASE WHEN m.case_id IS NOT NULL THEN me.name END, m.at, began + interval '24 hours'
            FROM unnest(case_ids, targets) WITH ORDINALITY AS w (id, target, n)
            LEFT JOIN moved_case m ON m.action = rebalance.action AND m.case_id = w.id
            LEFT JOIN cases c ON c.id = w.id AND (within IS NULL OR c.team_id = within)
            ORDER BY w.n;
        RETURN;
    END IF;
    FOR target IN SELECT DISTINCT t FROM unnest(targets) t ORDER BY t LOOP
        holder := app.holder_of_cases(target, within);
        IF target = rebalance.away OR app.is_away(target) THEN
            RAISE EXCEPTION 'this person is on leave' USING ERRCODE = 'WS040', DETAIL = holder.name;
        END IF;
        covers := covers || target;
    END LOOP;
    IF until IS NOT NULL THEN
        IF until < current_date OR until > current_date + 3660 THEN
            RAISE EXCEPTION 'a leave ends on a day to come' USING ERRCODE = 'WS011';
        END IF;
        SELECT * INTO leaver FROM person p WHERE p.id = rebalance.away AND (within IS NULL OR p.team_id = within) FOR UPDATE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'there is no such person in your team' USING ERRCODE = 'WS021';
        END IF;
        IF EXISTS (SELECT FROM leave_cover l WHERE l.person_id = leaver.id AND l.ended_at IS NULL) THEN
            RAISE EXCEPTION 'this leave is covered already' USING ERRCODE = 'WS022', DETAIL = app.done_by('leave_begun', leaver.login);
        END IF;
    END IF;
    began := clock_timestamp();
    RETURN QUERY
        SELECT b.*, began + interval '24 hours'
        FROM app.move_cases(me, case_ids, versions, targets,
                            ARRAY(SELECT p.team_id FROM unnest(targets) WITH ORDINALITY AS t (id, n)
                                  JOIN person p ON p.id = t.id ORDER BY t.n),
                            rebalance.reason, rebalance.action, rebalance.until) b;
    PERFORM app.log_admin('reassigned', rebalance.action::text, json_build_object(
        'cases', (SELECT count(*) FROM moved_case m WHERE m.action = rebalance.action), 'to', to_json(covers)));
    IF until IS NOT NULL THEN
        INSERT INTO leave_cover (id, person_id, cover_id, action, until_day, begun_by)
        VALUES (leave, leaver.id, CASE WHEN cardinality(covers) = 1 THEN covers[1] END, rebalance.action, until, me.id);
        PERFORM app.log_admin('leave_begun', leaver.login, json_build_object('leave', leave, 'cover', to_json(covers), 'until', until));
    END IF;
END $$;

-- What a leave gave away and still lies with whoever covers it returns; what a lead moved on is told, not moved.
CREATE FUNCTION app.give_back(covered leave_cover, me person, away person, reason text, made uuid)
RETURNS TABLE (case_id uuid, done boolean, version integer, decided_by text, decided_at timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT b.*
    FROM (SELECT array_agg(c.id ORDER BY c.id) AS ids,
                 -- a case that is not with its cover any more gets a version it never had
                 array_agg(CASE WHEN c.assignee_id = m.to_person THEN c.version ELSE -1 END ORDER BY c.id) AS versions,
                 count(*)::integer AS many
          FROM moved_case m JOIN cases c ON c.id = m.case_id WHERE m.action = covered.action) a,
         LATERAL app.move_cases(me, a.ids, a.versions, array_fill(away.id, ARRAY[a.many]),
                                array_fill(away.team_id, ARRAY[a.many]), reason, made) b
$$;

-- The person is back: what still lies with the cover returns, whatever happened on it; what a lead moved on, stays.
CREATE OR REPLACE FUNCTION app.end_leave(leave uuid, reason text)
RETURNS TABLE (case_id uuid, done boolean, version integer, decided_by text, decided_at timestamptz, action uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person := app.require_lead();
    away person;
    covered leave_cover;
    made uuid := app.uuid7();
BEGIN
    PERFORM app.require_reason(end_leave.reason);
    SELECT * INTO covered FROM leave_cover l WHERE l.id = end_leave.leave FOR UPDATE;
    SELECT * INTO away FROM person p WHERE p.id = covered.person_id;
    IF away.id IS NULL OR (me.role = 'lead' AND away.team_id IS DISTINCT FROM me.team_id) THEN
        RAISE EXCEPTION 'there is no such leave in your team' USING ERRCODE = 'WS021';
    END IF;
    IF covered.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'this leave has ended already' USING ERRCODE = 'WS022', DETAIL = app.done_by('leave_ended', away.login);
    END IF;
    away := app.holder_of_cases(away.id, NULL);
    RETURN QUERY SELECT b.*, made FROM app.give_back(covered, me, away, end_leave.reason, made) b;
    UPDATE leave_cover l SET ended_by = me.id, ended_at = clock_timestamp() WHERE l.id = covered.id;
    PERFORM app.log_admin('leave_ended', away.login, json_build_object('leave', covered.id));
END $$;

-- Leaves whose last day is over end as their lead decided beforehand: asked by the seats of whoever is back, and of leads.
-- How many ended. Whoever may not hold cases by then gets none: they stay with who covered.
CREATE FUNCTION app.end_due_leaves() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person;
    away person;
    decided person;
    covered leave_cover;
    ended integer := 0;
BEGIN
    SELECT * INTO me FROM person p WHERE p.login = session_user AND p.active;
    IF NOT FOUND OR me.role = 'auditor' THEN
        RAISE EXCEPTION 'this person ends no leave' USING ERRCODE = '42501';
    END IF;
    FOR covered IN
        SELECT l.* FROM leave_cover l JOIN person p ON p.id = l.person_id
        WHERE l.ended_at IS NULL AND l.until_day < current_date
          AND (p.id = me.id OR me.role = 'admin' OR (me.role = 'lead' AND p.team_id = me.team_id))
        ORDER BY l.id FOR UPDATE OF l SKIP LOCKED
    LOOP
        SELECT * INTO away FROM person p WHERE p.id = covered.person_id;
        IF away.active AND away.role IN ('collector', 'field', 'lead') THEN
            SELECT * INTO decided FROM person p WHERE p.id = covered.begun_by;
            decided.role := 'lead';  -- what has gone to another team meanwhile is not brought back
            decided.team_id := away.team_id;
            PERFORM app.give_back(covered, decided, away, '', app.uuid7());
        END IF;
        UPDATE leave_cover l SET ended_by = covered.begun_by, ended_at = clock_timestamp() WHERE l.id = covered.id;
        PERFORM app.log_admin('leave_ended', away.login, json_build_object('leave', covered.id, 'due', covered.until_day));
        ended := ended + 1;
    END LOOP;
    RETURN ended;
END $$;

-- Gives back what one action moved, within a day of it; what somebody moved since stays where it is, and says who did.
-- A leave that the action began is none any more.
CREATE OR REPLACE FUNCTION app.undo(of_action uuid, reason text)
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
    UPDATE leave_cover l SET ended_by = me.id, ended_at = clock_timestamp()
    WHERE l.action = undo.of_action AND l.ended_at IS NULL;
END $$;

-- What was moved from or to the session's person: how many, by whom, from or to whom. Nothing about the cases.
CREATE FUNCTION app.moves_told(since timestamptz)
RETURNS TABLE (action uuid, at timestamptz, by_person uuid, other uuid, came boolean, cases bigint, until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT m.action, max(m.at), m.by_person, CASE WHEN m.to_person = me.id THEN m.from_person ELSE m.to_person END,
           m.to_person IS NOT DISTINCT FROM me.id, count(*),
           (SELECT l.until_day FROM leave_cover l WHERE l.action = m.action AND l.person_id IN (m.from_person, m.to_person) LIMIT 1)
    FROM (SELECT app.person_id() AS id) me JOIN moved_case m ON m.to_person = me.id OR m.from_person = me.id
    WHERE m.at > greatest(moves_told.since, clock_timestamp() - interval '7 days')
    GROUP BY m.action, m.by_person, m.from_person, m.to_person, me.id
    ORDER BY 2 DESC LIMIT 100
$$;

REVOKE ALL ON FUNCTION app.move_cases(person, uuid[], integer[], uuid[], uuid[], text, uuid, date), app.is_away(uuid),
    app.rebalance(uuid, uuid[], integer[], uuid[], text, uuid, date), app.give_back(leave_cover, person, person, text, uuid),
    app.end_due_leaves(), app.moves_told(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.rebalance(uuid, uuid[], integer[], uuid[], text, uuid, date) TO ws_lead, ws_admin;
GRANT EXECUTE ON FUNCTION app.end_due_leaves() TO ws_collector, ws_field, ws_lead, ws_admin;
GRANT EXECUTE ON FUNCTION app.moves_told(timestamptz) TO ws_collector, ws_field, ws_lead;
