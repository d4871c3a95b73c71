-- What came of a split of treatments, by the arm each contact was recorded in: the same as
-- workstation/domain/strategy_trial.py, shown equal by tests/central/test_figures_equal.py.

CREATE INDEX ix_case_event_tested ON case_event (occurred_at) WHERE kind = 'contact' AND strpos(body::text, '"tested"') > 0;

-- Of the cases one may see there, contacts since a moment.
CREATE FUNCTION app.trial_outcomes(since timestamptz)
RETURNS TABLE (tested text, cases bigint, attempts bigint, right_party bigint, promises bigint, complaints bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
#variable_conflict use_column
DECLARE
    scope uuid[] := app.figure_scope();
BEGIN
    RETURN QUERY
    WITH known AS MATERIALIZED (
        SELECT e.id, e.case_id, e.outcome, app.figure_body(e.body) AS b FROM case_event e
        WHERE e.kind = 'contact' AND strpos(e.body::text, '"tested"') > 0 AND e.occurred_at >= trial_outcomes.since
          AND (scope IS NULL OR e.case_id = ANY (scope))
    ), aside AS MATERIALIZED (
        SELECT a.case_id, a.id FROM app.figure_aside(ARRAY(SELECT DISTINCT k.case_id FROM known k)) a
    ), counted AS (
        SELECT k.b ->> 'tested' AS tested, k.case_id, k.outcome,
            coalesce(o.reach = 'debtor', false) AND coalesce(k.b ->> 'party', 'unknown') IN ('debtor', 'unknown')
            AND (o.asks_identity OR (SELECT count(DISTINCT i) FROM jsonb_array_elements_text(
                     CASE WHEN jsonb_typeof(k.b -> 'identity') = 'array' THEN k.b -> 'identity' ELSE '[]' END) i) >= 2) AS met
        FROM known k LEFT JOIN figure_outcome o ON o.outcome = k.outcome
        WHERE coalesce(k.b ->> 'tested', '') <> '' AND jsonb_typeof(k.b -> 'tested') = 'string'
          AND app.figure_is(k.b -> 'direction', 'string') AND coalesce(k.b ->> 'direction', 'out') = 'out'
          AND app.figure_is(k.b -> 'same_call', 'string') AND coalesce(k.b ->> 'same_call', '') = ''
          AND app.figure_is(k.b -> 'party', 'string') AND app.figure_is(k.b -> 'identity', 'array')
          AND coalesce(k.b ->> 'party', 'unknown') IN ('debtor', 'guarantor', 'related', 'unrelated', 'unknown')
          AND NOT EXISTS (SELECT FROM aside a WHERE a.case_id = k.case_id AND a.id = k.id)
    )
    SELECT c.tested, count(DISTINCT c.case_id), count(*), count(*) FILTER (WHERE c.met),
           count(*) FILTER (WHERE c.outcome = 'promise_to_pay'), count(*) FILTER (WHERE c.outcome = 'complaint')
    FROM counted c GROUP BY c.tested ORDER BY c.tested COLLATE "C";
END $$;

REVOKE ALL ON FUNCTION app.trial_outcomes(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.trial_outcomes(timestamptz) TO ws_lead, ws_auditor, ws_admin;
