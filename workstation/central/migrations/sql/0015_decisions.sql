-- Decided once, by whoever is first; above the house's threshold by two different leads, each with an authority of
-- their own: the first endorses. Nobody decides what they asked for themselves, nor lends the authority for it.

-- Does a yes to this take two? What is waived of a plan, or what is owed, against the house's threshold. A figure that
-- nobody can read takes two: a seat writes it.
CREATE FUNCTION app.needs_two(asked case_event) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    rule json;
    amount numeric;
BEGIN
    SELECT r.four_eyes -> b.currency INTO rule
    FROM decision_rule r, cases c JOIN book b ON b.id = c.book_id
    WHERE c.id = asked.case_id
      AND r.what = CASE asked.kind WHEN 'plan_proposed' THEN 'plan' ELSE asked.body ->> 'what' END;
    IF rule IS NULL THEN
        RETURN false;
    END IF;
    IF asked.kind = 'plan_proposed' THEN
        BEGIN
            amount := greatest(
                (asked.body -> 'result' -> 'waived' ->> 'amount')::numeric,
                (SELECT sum(w.value::numeric) FROM json_each_text(CASE json_typeof(asked.body -> 'request' -> 'waive')
                    WHEN 'object' THEN asked.body -> 'request' -> 'waive' ELSE '{}' END) w)
            ) * 10 ^ (rule ->> 'decimals')::integer;
        EXCEPTION WHEN data_exception THEN
            amount := NULL;
        END;
    ELSE
        SELECT coalesce(sum(s.principal + s.interest + s.penalty + s.fees + s.costs), 0) INTO amount
        FROM account a CROSS JOIN LATERAL (
            SELECT * FROM balance_snapshot b WHERE b.account_id = a.id ORDER BY b.as_of DESC, b.id DESC LIMIT 1) s
        WHERE a.case_id = asked.case_id;
    END IF;
    RETURN amount IS NULL OR amount = 'NaN' OR amount >= (rule ->> 'from')::numeric;
END $$;

-- Whoever decides about this, by whose authority; `first_by` and `first_authority` endorsed it before, if somebody did.
-- Who was first with a yes or no stands in `decided`. Refuses what may not be decided, or not by them.
CREATE FUNCTION app.deciding(asked case_event, answer_kind text, verdict text, OUT me person, OUT authority uuid,
                             OUT decided case_event, OUT written_as text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    held cases;
    first case_event;
    ruling record;
BEGIN
    IF deciding.verdict IS NULL OR deciding.verdict NOT IN ('approved', 'rejected') THEN
        RAISE EXCEPTION 'a proposal is approved or rejected' USING ERRCODE = 'WS011';
    END IF;
    SELECT * INTO held FROM cases c WHERE c.id = asked.case_id FOR UPDATE;
    SELECT * INTO ruling FROM app.authority_over(held.team_id);
    me := ruling.me;
    authority := ruling.authority;
    IF held.id IS NULL OR authority IS NULL THEN
        RAISE EXCEPTION 'there is no such proposal in your team' USING ERRCODE = 'WS021';
    END IF;
    SELECT * INTO decided FROM case_event e
    WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = answer_kind
      AND e.body ->> 'decision' IN ('approved', 'rejected')
    ORDER BY e.received_at LIMIT 1;
    IF decided.id IS NOT NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM case_event e WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = 'correction') THEN
        RAISE EXCEPTION 'the proposal was taken back' USING ERRCODE = 'WS024';
    END IF;
    IF asked.author IN (me.id, authority) THEN
        RAISE EXCEPTION 'nobody decides a proposal of their own' USING ERRCODE = 'WS025';
    END IF;
    written_as := deciding.verdict;
    IF deciding.verdict = 'approved' AND app.needs_two(asked) THEN
        SELECT * INTO first FROM case_event e
        WHERE e.case_id = asked.case_id AND e.answers = asked.id AND e.kind = answer_kind
          AND e.body ->> 'decision' = 'endorsed'
        ORDER BY e.received_at LIMIT 1;
        IF first.id IS NULL THEN
            written_as := 'endorsed';
        ELSIF me.id IN (first.author, (first.body ->> 'lent_by')::uuid)
           OR authority IN (first.author, (first.body ->> 'lent_by')::uuid) THEN
            RAISE EXCEPTION 'this takes two leads' USING ERRCODE = 'WS051';
        END IF;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION app.decide(proposal uuid, verdict text, reason text)
RETURNS TABLE (done boolean, event_id uuid, decision text, decided_by text, decided_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    asked case_event;
    ruling record;
    written case_event;
BEGIN
    PERFORM app.require_reason(decide.reason);
    SELECT * INTO asked FROM case_event e WHERE e.id = decide.proposal AND e.kind = 'plan_proposed';
    SELECT * INTO ruling FROM app.deciding(asked, 'plan_decided', decide.verdict);
    IF (ruling.decided).id IS NOT NULL THEN
        RETURN QUERY SELECT false, (ruling.decided).id, (ruling.decided).body ->> 'decision', p.name, (ruling.decided).occurred_at
                     FROM person p WHERE p.id = (ruling.decided).author;
        RETURN;
    END IF;
    IF app.replaced(asked) THEN
        RAISE EXCEPTION 'another proposal has taken its place' USING ERRCODE = 'WS029';
    END IF;
    IF (ruling.me).role <> 'admin' AND asked.body -> 'result' -> 'approval' ->> 'by' = 'admin' THEN
        RAISE EXCEPTION 'this is above the authority of a lead' USING ERRCODE = 'WS026';
    END IF;
    written := app.write_central_event(asked.case_id, 'plan_decided', (ruling.me).id,
        '{"decision":' || to_json(ruling.written_as)::text
        || CASE WHEN ruling.authority = (ruling.me).id THEN '' ELSE ',"lent_by":' || to_json(ruling.authority)::text END
        || CASE WHEN coalesce(decide.reason, '') = '' THEN '' ELSE ',"reason":' || to_json(decide.reason)::text END || '}',
        asked.id);
    RETURN QUERY SELECT true, written.id, ruling.written_as, (ruling.me).name, written.occurred_at;
    PERFORM app.log_admin('decided', asked.id::text, json_build_object('decision', ruling.written_as));
END $$;

-- What a collector asked for: legal referral, contact with a third person, going ahead against a warning. A yes holds
-- until a day, at most as long as the house's table says; `next_on` is the day of what is next on the case.
CREATE FUNCTION app.decide_request(request uuid, verdict text, reason text, until date, next_on date)
RETURNS TABLE (done boolean, event_id uuid, decision text, decided_by text, decided_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    asked case_event;
    ruling record;
    written case_event;
    longest integer;
    wanted text;
    last_day date := decide_request.until;
BEGIN
    PERFORM app.require_reason(decide_request.reason);
    SELECT * INTO asked FROM case_event e WHERE e.id = decide_request.request AND e.kind = 'approval_asked';
    wanted := asked.body ->> 'what';
    SELECT * INTO ruling FROM app.deciding(asked, 'approval_decided', decide_request.verdict);
    IF (ruling.decided).id IS NOT NULL THEN
        RETURN QUERY SELECT false, (ruling.decided).id, (ruling.decided).body ->> 'decision', p.name, (ruling.decided).occurred_at
                     FROM person p WHERE p.id = (ruling.decided).author;
        RETURN;
    END IF;
    IF decide_request.verdict = 'rejected' AND coalesce(decide_request.reason, '') = '' THEN
        RAISE EXCEPTION 'a no needs its reason' USING ERRCODE = 'WS011';
    END IF;
    SELECT r.valid_days INTO longest FROM decision_rule r WHERE r.what = wanted;
    IF longest IS NULL OR (decide_request.next_on BETWEEN current_date - 31 AND current_date + 3660) IS NOT TRUE
       OR decide_request.verdict = 'approved' AND longest > 0
          AND (last_day IS NULL OR last_day < current_date - 1 OR last_day > current_date + longest + 1) THEN
        RAISE EXCEPTION 'a yes holds until a day within % days', longest USING ERRCODE = 'WS011';
    END IF;
    written := app.write_central_event(asked.case_id, 'approval_decided', (ruling.me).id,
        '{"decision":' || to_json(ruling.written_as)::text
        || CASE WHEN ruling.authority = (ruling.me).id THEN '' ELSE ',"lent_by":' || to_json(ruling.authority)::text END
        || CASE WHEN wanted = 'override' OR ruling.written_as = 'endorsed' THEN ''
                ELSE ',"next_action":' || json_build_object(
                    'action', CASE WHEN ruling.written_as = 'rejected' THEN 'review'
                                   WHEN wanted = 'third_party' THEN 'repair_contact' ELSE 'legal_review' END,
                    'due', decide_request.next_on)::text END
        || CASE WHEN coalesce(decide_request.reason, '') = '' THEN ''
                ELSE ',"reason":' || to_json(decide_request.reason)::text END
        || CASE WHEN ruling.written_as <> 'approved' OR longest = 0 THEN ''
                ELSE ',"until":' || to_json(last_day)::text END || '}',
        asked.id);
    RETURN QUERY SELECT true, written.id, ruling.written_as, (ruling.me).name, written.occurred_at;
    PERFORM app.log_admin('decided', asked.id::text, json_build_object('decision', ruling.written_as, 'what', wanted));
END $$;

REVOKE ALL ON FUNCTION app.needs_two(case_event), app.deciding(case_event, text, text),
    app.decide_request(uuid, text, text, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.decide_request(uuid, text, text, date, date) TO ws_collector, ws_field, ws_lead, ws_admin;
GRANT EXECUTE ON FUNCTION app.decide(uuid, text, text) TO ws_collector, ws_field;
