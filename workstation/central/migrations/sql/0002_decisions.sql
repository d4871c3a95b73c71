-- Decided once, by whoever is first: plans that need approval, and who covers a leave.

CREATE FUNCTION app.decide(proposal uuid, verdict text, reason text)
RETURNS TABLE (done boolean, event_id uuid, decision text, decided_by text, decided_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person := app.require_lead();
    asked case_event;
    held cases;
    written case_event;
BEGIN
    PERFORM app.require_reason(decide.reason);
    IF decide.verdict IS NULL OR decide.verdict NOT IN ('approved', 'rejected') THEN
        RAISE EXCEPTION 'a proposal is approved or rejected' USING ERRCODE = 'WS011';
    END IF;
    SELECT * INTO asked FROM case_event e WHERE e.id = decide.proposal AND e.kind = 'plan_proposed';
    SELECT * INTO held FROM cases c WHERE c.id = asked.case_id FOR UPDATE;
    IF held.id IS NULL OR (me.role = 'lead' AND held.team_id IS DISTINCT FROM me.team_id) THEN
        RAISE EXCEPTION 'there is no such proposal in your team' USING ERRCODE = 'WS021';
    END IF;
    SELECT e.id, e.body ->> 'decision', p.name, e.occurred_at INTO event_id, decision, decided_by, decided_at
    FROM case_event e JOIN person p ON p.id = e.author
    WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = 'plan_decided'
      AND e.body ->> 'decision' IN ('approved', 'rejected')
    ORDER BY e.received_at LIMIT 1;
    IF FOUND THEN
        done := false;
        RETURN NEXT;
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM case_event e WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = 'correction') THEN
        RAISE EXCEPTION 'the proposal was taken back' USING ERRCODE = 'WS024';
    END IF;
    IF asked.author = me.id THEN
        RAISE EXCEPTION 'nobody decides a proposal of their own' USING ERRCODE = 'WS025';
    END IF;
    IF me.role = 'lead' AND asked.body -> 'result' -> 'approval' ->> 'by' = 'admin' THEN
        RAISE EXCEPTION 'this is above the authority of a lead' USING ERRCODE = 'WS026';
    END IF;
    written := app.write_central_event(asked.case_id, 'plan_decided', me.id,
        '{"decision":' || to_json(decide.verdict)::text
        || CASE WHEN coalesce(decide.reason, '') = '' THEN '' ELSE ',"reason":' || to_json(decide.reason)::text END || '}',
        asked.id);
    event_id := written.id;
    decided_at := written.occurred_at;
    done := true;
    decision := decide.verdict;
    decided_by := me.name;
    RETURN NEXT;
    PERFORM app.log_admin('decided', asked.id::text, json_build_object('decision', decide.verdict));
END $$;

-- All of a person's cases go to somebody else until they are back.
CREATE FUNCTION app.cover_leave(person uuid, cover uuid, until date, reason text)
RETURNS TABLE (leave_id uuid, action uuid, moved bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person := app.require_lead();
    within uuid := CASE WHEN me.role = 'lead' THEN me.team_id END;
    away person;
    target person;
    first text;
BEGIN
    PERFORM app.require_reason(cover_leave.reason);
    IF cover_leave.until IS NULL OR cover_leave.until < current_date THEN
        RAISE EXCEPTION 'a leave ends on a day to come' USING ERRCODE = 'WS011';
    END IF;
    SELECT * INTO away FROM person p WHERE p.id = cover_leave.person AND (within IS NULL OR p.team_id = within) FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such person in your team' USING ERRCODE = 'WS021';
    END IF;
    target := app.holder_of_cases(cover_leave.cover, within);
    IF target.id = away.id THEN
        RAISE EXCEPTION 'nobody covers their own leave' USING ERRCODE = 'WS011';
    END IF;
    IF EXISTS (SELECT FROM leave_cover l WHERE l.person_id = away.id AND l.ended_at IS NULL) THEN
        RAISE EXCEPTION 'this leave is covered already' USING ERRCODE = 'WS022', DETAIL = app.done_by('leave_begun', away.login);
    END IF;
    leave_id := app.uuid7();
    action := app.uuid7();
    SELECT count(*) INTO moved
    FROM (SELECT array_agg(c.id ORDER BY c.id) AS ids, array_agg(c.version ORDER BY c.id) AS versions, count(*)::integer AS many
          FROM cases c WHERE c.assignee_id = away.id AND c.closed_on IS NULL AND (within IS NULL OR c.team_id = within)) a,
         LATERAL app.move_cases(me, a.ids, a.versions, array_fill(target.id, ARRAY[a.many]),
                                array_fill(target.team_id, ARRAY[a.many]), cover_leave.reason, action) b
    WHERE b.done;
    INSERT INTO leave_cover (id, person_id, cover_id, action, until_day, begun_by)
    VALUES (leave_id, away.id, target.id, action, cover_leave.until, me.id);
    PERFORM app.log_admin('leave_begun', away.login, json_build_object('leave', leave_id, 'cover', target.id, 'until', until));
    RETURN NEXT;
END $$;

-- The person is back: what still lies with the cover returns, whatever happened on it; what a lead moved on, stays.
CREATE FUNCTION app.end_leave(leave uuid, reason text)
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
    RETURN QUERY
        SELECT b.*, made
        FROM (SELECT array_agg(c.id ORDER BY c.id) AS ids,
                     -- a case that is not with the cover any more gets a version it never had: it is told, not moved
                     array_agg(CASE WHEN c.assignee_id = covered.cover_id THEN c.version ELSE -1 END ORDER BY c.id) AS versions,
                     count(*)::integer AS many
              FROM moved_case m JOIN cases c ON c.id = m.case_id WHERE m.action = covered.action) a,
             LATERAL app.move_cases(me, a.ids, a.versions, array_fill(away.id, ARRAY[a.many]),
                                    array_fill(away.team_id, ARRAY[a.many]), end_leave.reason, made) b;
    UPDATE leave_cover l SET ended_by = me.id, ended_at = clock_timestamp() WHERE l.id = covered.id;
    PERFORM app.log_admin('leave_ended', away.login, json_build_object('leave', covered.id));
END $$;
