-- As before, also with authority that was lent.

-- After a breach: the schedule moves on (`re_aged`, with all instalments as they stand from then, minor units), or the plan
-- ends. `seen` is how often it had been moved on when the lead looked: who comes second is told who was first, and how.
CREATE OR REPLACE FUNCTION app.decide_breach(plan uuid, seen integer, verdict text, reason text, instalments json, next_on date)
RETURNS TABLE (done boolean, event_id uuid, decision text, decided_by text, decided_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    ruling record;
    me person;
    asked case_event;
    held cases;
    written case_event;
    rows json;
    parts integer;
BEGIN
    PERFORM app.require_reason(decide_breach.reason);
    IF decide_breach.verdict IS NULL OR decide_breach.verdict NOT IN ('re_aged', 'terminated')
       OR decide_breach.seen IS NULL
       OR (decide_breach.next_on BETWEEN current_date - 31 AND current_date + 3660) IS NOT TRUE THEN
        RAISE EXCEPTION 'a breached plan is moved on or terminated, with a day for what is next' USING ERRCODE = 'WS011';
    END IF;
    SELECT * INTO asked FROM case_event e WHERE e.id = decide_breach.plan AND e.kind = 'plan_proposed';
    SELECT * INTO held FROM cases c WHERE c.id = asked.case_id FOR UPDATE;
    SELECT * INTO ruling FROM app.authority_over(held.team_id);
    me := ruling.me;
    IF held.id IS NULL OR ruling.authority IS NULL THEN
        RAISE EXCEPTION 'there is no such plan in your team' USING ERRCODE = 'WS021';
    END IF;
    SELECT e.id, e.body ->> 'decision', p.name, e.occurred_at INTO event_id, decision, decided_by, decided_at
    FROM case_event e JOIN person p ON p.id = e.author
    WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = 'plan_decided'
      AND e.body ->> 'decision' IN ('re_aged', 'terminated')
    ORDER BY e.received_at OFFSET greatest(0, decide_breach.seen) LIMIT 1;
    IF FOUND THEN
        done := false;
        RETURN NEXT;
        RETURN;
    END IF;
    IF NOT EXISTS (SELECT FROM case_event e
                   WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = 'plan_decided'
                     AND e.body ->> 'decision' IN ('agreed', 'active'))
       OR EXISTS (SELECT FROM case_event e
                  WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = 'plan_decided'
                    AND e.body ->> 'decision' IN ('terminated', 'cancelled', 'completed'))
       OR EXISTS (SELECT FROM case_event e
                  WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = 'correction') THEN
        RAISE EXCEPTION 'this plan is not in force' USING ERRCODE = 'WS028';
    END IF;
    IF decide_breach.verdict = 're_aged' THEN
        parts := json_array_length(asked.body -> 'result' -> 'schedule')
                 + CASE WHEN json_typeof(asked.body -> 'result' -> 'down_payment') = 'object' THEN 1 ELSE 0 END;
        BEGIN
            SELECT json_agg(json_build_object('due', r.due, 'amount', r.amount) ORDER BY r.n) INTO rows
            FROM (SELECT (x.value ->> 'due')::date AS due, (x.value ->> 'amount')::bigint AS amount, x.n
                  FROM json_array_elements(decide_breach.instalments) WITH ORDINALITY AS x (value, n)) r
            HAVING count(*) = parts AND bool_and(r.amount > 0 AND r.due BETWEEN '1900-01-01' AND '9999-12-31');
        EXCEPTION WHEN data_exception THEN
            rows := NULL;
        END;
        IF rows IS NULL THEN
            RAISE EXCEPTION 'a plan is moved on with a day and an amount for each of its instalments' USING ERRCODE = 'WS011';
        END IF;
    END IF;
    written := app.write_central_event(asked.case_id, 'plan_decided', me.id,
        '{"decision":' || to_json(decide_breach.verdict)::text
        || CASE WHEN rows IS NULL THEN '' ELSE ',"instalments":' || rows::text END
        || CASE WHEN ruling.authority = me.id THEN '' ELSE ',"lent_by":' || to_json(ruling.authority)::text END
        || ',"next_action":' || json_build_object(
            'action', CASE decide_breach.verdict WHEN 're_aged' THEN 'check_payment' ELSE 'call' END,
            'due', decide_breach.next_on)::text
        || CASE WHEN coalesce(decide_breach.reason, '') = '' THEN ''
                ELSE ',"reason":' || to_json(decide_breach.reason)::text END || '}',
        asked.id);
    event_id := written.id;
    decided_at := written.occurred_at;
    done := true;
    decision := decide_breach.verdict;
    decided_by := me.name;
    RETURN NEXT;
    PERFORM app.log_admin('breach_decided', asked.id::text, json_build_object('decision', decide_breach.verdict));
END $$;

GRANT EXECUTE ON FUNCTION app.decide_breach(uuid, integer, text, text, json, date) TO ws_collector, ws_field;
