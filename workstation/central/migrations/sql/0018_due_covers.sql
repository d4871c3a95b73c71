-- What was agreed stays with whoever is on leave until it falls due; then it goes to who covers, and comes back with them.

-- A case that waits for its day, or went over on it. One open row a case.
CREATE TABLE due_cover (
    id uuid PRIMARY KEY,
    case_id uuid NOT NULL REFERENCES cases,
    person_id uuid NOT NULL REFERENCES person,  -- whose leave it is
    cover_id uuid NOT NULL REFERENCES person CHECK (cover_id <> person_id),
    due date NOT NULL,  -- as the lead's seat saw it; the centre's own judgement of promises may bring it forward
    by_person uuid NOT NULL REFERENCES person,  -- who decided
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    action uuid,  -- of the move, once it was due
    ended_at timestamptz
);
CREATE UNIQUE INDEX uq_due_cover_open ON due_cover (case_id) WHERE ended_at IS NULL;
CREATE INDEX ix_due_cover_action ON due_cover (action) WHERE ended_at IS NULL;
ALTER TABLE due_cover ENABLE ROW LEVEL SECURITY;
ALTER TABLE due_cover FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_works ON due_cover TO ws_owner USING (true) WITH CHECK (true);
REVOKE ALL ON due_cover FROM PUBLIC;

-- A leave is planned with once: what a lead changes in the plan is when its cases come back.
CREATE OR REPLACE FUNCTION app.keep_leave() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE staffing s SET leave_from = CASE WHEN s.leave_until >= current_date THEN least(s.leave_from, current_date)
                                                ELSE current_date END,
                              leave_until = NEW.until_day, cover_id = NEW.cover_id, version = s.version + 1
        WHERE s.id = NEW.person_id;
    ELSIF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN
        UPDATE staffing s SET leave_from = NULL, leave_until = NULL, cover_id = NULL, version = s.version + 1
        WHERE s.id = NEW.person_id;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION app.keep_leave_until() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    UPDATE leave_cover l SET until_day = coalesce(NEW.leave_until, least(l.until_day, current_date - 1))
    WHERE l.person_id = NEW.id AND l.ended_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_leave_until AFTER UPDATE OF leave_until ON staffing
    FOR EACH ROW WHEN (NEW.leave_until IS DISTINCT FROM OLD.leave_until AND coalesce(NEW.leave_from <= current_date, true))
    EXECUTE FUNCTION app.keep_leave_until();

-- Beside a leave of one's own that was just begun: which cases stay for now, and to whom each goes on its day.
CREATE FUNCTION app.cover_later(of_action uuid, case_ids uuid[], covers uuid[], dues date[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    me person := app.require_lead();
    within uuid := CASE WHEN me.role = 'lead' THEN me.team_id END;
    many integer := coalesce(cardinality(case_ids), 0);
    leave leave_cover;
    cover uuid;
    made integer;
BEGIN
    IF many > 20000 OR many <> coalesce(cardinality(covers), 0) OR many <> coalesce(cardinality(dues), 0)
       OR array_position(covers, NULL) IS NOT NULL OR array_position(dues, NULL) IS NOT NULL THEN
        RAISE EXCEPTION 'every case needs its cover and its day, 20000 at the most' USING ERRCODE = 'WS011';
    END IF;
    SELECT * INTO leave FROM leave_cover l WHERE l.action = of_action AND l.begun_by = me.id AND l.ended_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such leave of yours' USING ERRCODE = 'WS021';
    END IF;
    FOR cover IN SELECT DISTINCT c FROM unnest(covers) c LOOP
        PERFORM app.holder_of_cases(cover, within);
        IF app.is_away(cover) THEN
            RAISE EXCEPTION 'this person is on leave' USING ERRCODE = 'WS040',
                DETAIL = (SELECT p.name FROM person p WHERE p.id = cover);
        END IF;
    END LOOP;
    UPDATE due_cover d SET ended_at = clock_timestamp() WHERE d.case_id = ANY (case_ids) AND d.ended_at IS NULL AND d.action IS NULL;
    INSERT INTO due_cover (id, case_id, person_id, cover_id, due, by_person)
    SELECT app.uuid7(), c.id, leave.person_id, w.cover, w.due, me.id
    FROM unnest(case_ids, covers, dues) AS w (id, cover, due)
    JOIN cases c ON c.id = w.id AND c.assignee_id = leave.person_id AND (within IS NULL OR c.team_id = within)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;

-- Who covers somebody today: the one planned for this, the one of the plan, else whoever of the leave has fewest cases.
CREATE FUNCTION app.present_cover(of_person person, planned uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT p.id
    FROM (SELECT planned, 1 UNION ALL SELECT s.cover_id, 2 FROM staffing s WHERE s.id = of_person.id
          UNION ALL SELECT m.to_person, 3 FROM leave_cover l JOIN moved_case m ON m.action = l.action
          WHERE l.person_id = of_person.id AND l.ended_at IS NULL) AS c (id, place)
    JOIN person p ON p.id = c.id AND p.active AND p.role IN ('collector', 'field', 'lead')
                 AND p.team_id IS NOT DISTINCT FROM of_person.team_id AND p.id <> of_person.id
    WHERE NOT app.is_away(p.id)
    GROUP BY p.id
    ORDER BY min(c.place), (SELECT count(*) FROM cases k WHERE k.assignee_id = p.id AND k.closed_on IS NULL), p.id LIMIT 1
$$;

-- What falls due with people on leave goes to who covers, and back to whoever is back. For the people of `me`'s team.
CREATE FUNCTION app.cover_dues(me person) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    away person;
    decided person;
    wanted record;
    made uuid;
    today date := app.figure_today();
BEGIN
    FOR wanted IN
        SELECT d.person_id, d.by_person, array_agg(d.id) AS rows, array_agg(c.id ORDER BY c.id) AS ids,
               array_agg(CASE WHEN c.assignee_id = d.cover_id THEN c.version ELSE -1 END ORDER BY c.id) AS versions
        FROM due_cover d JOIN cases c ON c.id = d.case_id JOIN person p ON p.id = d.person_id
        WHERE d.ended_at IS NULL AND d.action IS NOT NULL
          AND (me.role = 'admin' OR p.id = me.id OR p.team_id = me.team_id) AND NOT app.is_away(p.id)
        GROUP BY d.person_id, d.by_person
    LOOP
        SELECT * INTO away FROM person p WHERE p.id = wanted.person_id;
        SELECT * INTO decided FROM person p WHERE p.id = wanted.by_person;
        IF away.active AND away.role IN ('collector', 'field', 'lead') THEN  -- else it stays with who covered
            decided.role := 'lead';  -- what has gone to another team meanwhile is not brought back
            decided.team_id := away.team_id;
            PERFORM app.move_cases(decided, wanted.ids, wanted.versions, array_fill(away.id, ARRAY[cardinality(wanted.ids)]),
                                   array_fill(away.team_id, ARRAY[cardinality(wanted.ids)]), '', app.uuid7());
        END IF;
        UPDATE due_cover d SET ended_at = clock_timestamp() WHERE d.id = ANY (wanted.rows);
    END LOOP;
    UPDATE due_cover d SET ended_at = clock_timestamp() FROM person p
    WHERE d.ended_at IS NULL AND d.action IS NULL AND p.id = d.person_id
      AND (me.role = 'admin' OR p.id = me.id OR p.team_id = me.team_id) AND NOT app.is_away(p.id);

    FOR away IN SELECT p.* FROM person p
                WHERE (me.role = 'admin' OR p.id = me.id OR p.team_id = me.team_id) AND app.is_away(p.id)
                  AND EXISTS (SELECT FROM cases c WHERE c.assignee_id = p.id AND c.closed_on IS NULL) LOOP
        FOR wanted IN
            SELECT l.by_person, l.cover, max(l.until) AS until, min(l.due) AS due, array_agg(l.id ORDER BY l.id) AS ids,
                   array_agg(l.version ORDER BY l.id) AS versions
            FROM (SELECT c.id, c.version, app.present_cover(away, d.cover_id) AS cover, s.leave_until AS until,
                         least(d.due, today) AS due,
                         coalesce(d.by_person, (
                             SELECT a.actor FROM admin_event a WHERE a.subject = away.login
                             AND a.what IN ('staffing_set', 'leave_begun') ORDER BY a.at DESC, a.id DESC LIMIT 1)) AS by_person
                  FROM cases c LEFT JOIN staffing s ON s.id = away.id
                  LEFT JOIN due_cover d ON d.case_id = c.id AND d.person_id = away.id AND d.ended_at IS NULL AND d.action IS NULL
                  WHERE c.assignee_id = away.id AND c.closed_on IS NULL
                    AND (d.due <= today OR EXISTS (
                        SELECT FROM figure_due f WHERE f.case_id = c.id AND NOT f.kept AND f.due <= today
                        AND f.closes >= coalesce(s.leave_from, today)))
                  FOR UPDATE OF c SKIP LOCKED) l  -- of two seats that ask at once, one moves it
            WHERE l.cover IS NOT NULL AND l.by_person IS NOT NULL
            GROUP BY l.by_person, l.cover
        LOOP
            SELECT * INTO decided FROM person p WHERE p.id = wanted.by_person;
            decided.role := 'lead';
            decided.team_id := away.team_id;
            made := app.uuid7();
            WITH moved AS (
                SELECT m.case_id FROM app.move_cases(
                    decided, wanted.ids, wanted.versions, array_fill(wanted.cover, ARRAY[cardinality(wanted.ids)]),
                    array_fill(away.team_id, ARRAY[cardinality(wanted.ids)]), '', made, wanted.until) m WHERE m.done
            ), planned AS (
                UPDATE due_cover d SET action = made, cover_id = wanted.cover FROM moved m
                WHERE d.case_id = m.case_id AND d.ended_at IS NULL RETURNING d.case_id
            )
            INSERT INTO due_cover (id, case_id, person_id, cover_id, due, by_person, action)
            SELECT app.uuid7(), m.case_id, away.id, wanted.cover, wanted.due, wanted.by_person, made
            FROM moved m WHERE m.case_id NOT IN (SELECT p.case_id FROM planned p);
            PERFORM app.log_admin('due_covered', away.login, json_build_object(
                'action', made, 'cover', wanted.cover, 'cases', cardinality(wanted.ids)));
        END LOOP;
    END LOOP;
END $$;

-- As before, and what falls due is covered: asked by every seat of the team, so that who covers has it with the day.
CREATE OR REPLACE FUNCTION app.end_due_leaves() RETURNS integer
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
    PERFORM app.cover_dues(me);
    RETURN ended;
END $$;

-- As before, also until when somebody has what fell due.
CREATE OR REPLACE FUNCTION app.moves_told(since timestamptz)
RETURNS TABLE (action uuid, at timestamptz, by_person uuid, other uuid, came boolean, cases bigint, until date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT m.action, max(m.at), m.by_person, CASE WHEN m.to_person = me.id THEN m.from_person ELSE m.to_person END,
           m.to_person IS NOT DISTINCT FROM me.id, count(*),
           coalesce((SELECT l.until_day FROM leave_cover l WHERE l.action = m.action AND l.person_id IN (m.from_person, m.to_person) LIMIT 1),
                    (SELECT s.leave_until FROM due_cover d JOIN staffing s ON s.id = d.person_id
                     WHERE d.action = m.action AND d.ended_at IS NULL LIMIT 1))
    FROM (SELECT app.person_id() AS id) me JOIN moved_case m ON m.to_person = me.id OR m.from_person = me.id
    WHERE m.at > greatest(moves_told.since, clock_timestamp() - interval '7 days')
    GROUP BY m.action, m.by_person, m.from_person, m.to_person, me.id
    ORDER BY 2 DESC LIMIT 100
$$;

REVOKE ALL ON FUNCTION app.keep_leave_until(), app.cover_later(uuid, uuid[], uuid[], date[]), app.present_cover(person, uuid),
    app.cover_dues(person) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.cover_later(uuid, uuid[], uuid[], date[]) TO ws_lead, ws_admin;
