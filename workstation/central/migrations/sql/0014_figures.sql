-- The indicators of a scope and a period, and the cases behind each: Σ numerators ÷ Σ denominators, as
-- workstation/domain/indicators.py has them.

-- Each case's share. `scope` null: every case. `people` null: whatever anybody did; otherwise their cases and their acts.
CREATE FUNCTION app.figure_shares(first_day date, last_day date, today date, people uuid[], scope uuid[])
RETURNS TABLE (case_id uuid, currency text, pairs bigint[], rolled_from integer, rolled_to integer, rolled bigint)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, app, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off SET work_mem = '64MB' AS $$
#variable_conflict use_column
DECLARE
    -- Whole months within the period are read as months, what is left as days.
    months_from date := date_trunc('month', first_day + interval '1 month - 1 day')::date;
    months_until date := date_trunc('month', last_day + 1)::date;
BEGIN
    IF months_from >= months_until THEN
        months_from := last_day + 1;
        months_until := last_day + 1;
    END IF;
    RETURN QUERY
    WITH c AS MATERIALIZED (
        SELECT c.id, b.currency, coalesce(t.tolerance, 0) AS tolerance, f.first_unpaid,
               people IS NULL OR coalesce(c.assignee_id = ANY (people), false) AS theirs,
               c.opened_on <= last_day AND coalesce(c.closed_on >= first_day, true) AS held,
               c.opened_on <= last_day AND coalesce(c.closed_on > last_day, true) AS open
        FROM cases c JOIN book b ON b.id = c.book_id
        LEFT JOIN figure_term t ON t.jurisdiction = b.jurisdiction AND t.currency = b.currency
        LEFT JOIN figure_case f ON f.case_id = c.id
        WHERE scope IS NULL OR c.id = ANY (scope)
    ), work AS (
        SELECT w.case_id, sum(w.attempts)::bigint AS attempts, sum(w.met)::bigint AS met, sum(w.reached)::bigint AS reached,
               sum(w.blocked)::bigint AS blocked, sum(w.overridden)::bigint AS overridden,
               sum(w.complaints)::bigint AS complaints, sum(w.spoken)::bigint AS spoken,
               sum(w.unrecorded)::bigint AS unrecorded, sum(w.rated)::bigint AS rated, sum(w.ratings)::bigint AS ratings,
               sum(w.talk)::bigint AS talk, sum(w.after_call)::bigint AS after_call, sum(w.promised)::bigint AS promised,
               sum(w.settled)::bigint AS settled
        FROM (SELECT * FROM figure_work m WHERE m.month AND m.day >= months_from AND m.day < months_until
              UNION ALL
              SELECT * FROM figure_work d WHERE NOT d.month AND d.day >= first_day AND d.day < least(months_from, last_day + 1)
              UNION ALL
              SELECT * FROM figure_work d WHERE NOT d.month AND d.day >= months_until AND d.day <= last_day) w
        WHERE (people IS NULL OR w.author = ANY (people)) AND (scope IS NULL OR w.case_id = ANY (scope))
        GROUP BY w.case_id
    ), due AS (
        SELECT d.case_id, count(*) FILTER (WHERE NOT d.instalment) AS promises,
               count(*) FILTER (WHERE NOT d.instalment AND d.good) AS kept,
               coalesce(sum(d.amount) FILTER (WHERE NOT d.instalment), 0)::bigint AS promised,
               coalesce(sum(d.came) FILTER (WHERE NOT d.instalment), 0)::bigint AS paid,
               count(*) FILTER (WHERE d.instalment) AS instalments, count(*) FILTER (WHERE d.instalment AND d.good) AS in_time,
               sum(d.amount)::bigint AS amount, sum(d.came)::bigint AS came
        FROM figure_due d
        WHERE d.due BETWEEN first_day AND last_day AND (d.kept OR d.closes < today)
          AND (people IS NULL OR d.author = ANY (people)) AND (scope IS NULL OR d.case_id = ANY (scope))
        GROUP BY d.case_id
    ), spans AS MATERIALIZED (
        -- Those that begin or end the period. Of an account without figures at the start, its first ones within the period.
        SELECT s.*, c.tolerance, s.since <= first_day AND first_day < s.until AS known,
               s.since <= first_day AND first_day < s.until OR s.first AND s.since > first_day AS starts,
               s.since <= last_day AND last_day < s.until AS ends
        FROM figure_span s JOIN c ON c.id = s.case_id
        WHERE c.theirs AND s.since <= last_day AND s.until > first_day
          AND (s.since <= first_day OR s.first OR last_day < s.until)
    ), paid AS (
        SELECT s.account_id, s.since, sum(p.amount) FILTER (WHERE p.value_date < first_day) AS at_start,
               sum(p.amount) AS at_end
        FROM spans s JOIN payment p ON p.account_id = s.account_id AND p.value_date > s.since AND p.value_date <= last_day
        WHERE s.months > 0
        GROUP BY s.account_id, s.since
    ), money AS (
        SELECT s.case_id,
               coalesce(sum(s.owed - coalesce(p.at_start, 0)) FILTER (
                   WHERE s.starts AND s.months > 0 AND s.owed - coalesce(p.at_start, 0) > s.tolerance), 0)::bigint AS at_start,
               coalesce(sum(s.owed - coalesce(p.at_end, 0)) FILTER (
                   WHERE s.ends AND s.months > 0 AND s.owed - coalesce(p.at_end, 0) > s.tolerance), 0)::bigint AS at_end,
               max(greatest(s.months, 0)) FILTER (WHERE s.known) AS months_before,
               max(greatest(s.months, 0)) FILTER (WHERE s.ends) AS months_after,
               coalesce(sum(s.owed) FILTER (WHERE s.known), 0)::bigint AS owed_before
        FROM spans s LEFT JOIN paid p ON p.account_id = s.account_id AND p.since = s.since
        GROUP BY s.case_id
    ), collected AS (
        SELECT p.case_id, sum(p.amount)::bigint AS amount FROM payment p
        WHERE p.value_date BETWEEN first_day AND last_day AND (scope IS NULL OR p.case_id = ANY (scope))
        GROUP BY p.case_id
    ), whole AS (
        SELECT c.id, c.currency, c.theirs AND c.held AS held, (c.theirs AND c.held)::integer AS h, (c.theirs AND c.open)::integer AS o,
               coalesce((c.theirs AND w.attempts > 0)::integer, 0) AS a, m.months_before, m.months_after, m.owed_before,
               coalesce(greatest(last_day - c.first_unpaid, 0), 0)::bigint AS late, coalesce(p.amount, 0) AS collected,
               coalesce(m.at_start, 0) AS at_start, coalesce(m.at_end, 0) AS at_end, coalesce(w.attempts, 0) AS attempts,
               coalesce(w.met, 0) AS met, coalesce(w.reached, 0) AS reached, coalesce(w.blocked, 0) AS blocked,
               coalesce(w.overridden, 0) AS overridden, coalesce(w.complaints, 0) AS complaints, coalesce(w.spoken, 0) AS spoken,
               coalesce(w.unrecorded, 0) AS unrecorded, coalesce(w.rated, 0) AS rated, coalesce(w.ratings, 0) AS ratings,
               coalesce(w.talk, 0) AS talk, coalesce(w.after_call, 0) AS after_call, coalesce(w.promised, 0) AS promised,
               coalesce(w.settled, 0) AS settled, coalesce(d.promises, 0) AS promises, coalesce(d.kept, 0) AS kept,
               coalesce(d.promised, 0) AS promised_amount, coalesce(d.paid, 0) AS paid, coalesce(d.instalments, 0) AS instalments,
               coalesce(d.in_time, 0) AS in_time, coalesce(d.amount, 0) AS due_amount, coalesce(d.came, 0) AS came
        FROM c LEFT JOIN work w ON w.case_id = c.id LEFT JOIN due d ON d.case_id = c.id
        LEFT JOIN money m ON m.case_id = c.id LEFT JOIN collected p ON p.case_id = c.id
    )
    -- Without a null among them the sums below find each of the pairs at once, in place of counting through those before.
    SELECT w.id, w.currency, ARRAY[
        -- In the order of app.figure_names().
        w.came, w.due_amount, h * w.collected, h * w.at_start,
        a * (w.at_start > 0 AND w.at_end = 0 OR w.settled > 0)::integer, a,
        o * w.at_end, o, o * w.late, o, o * w.late * w.at_end, o * w.at_end,
        h * (w.at_start <> 0 AND w.at_end = 0)::integer, h * (w.at_start <> 0)::integer,
        w.ratings, w.rated, w.complaints, w.attempts, w.met, w.attempts, w.promised, w.reached, w.kept, w.promises,
        w.paid, w.promised_amount, w.in_time, w.instalments, h * (w.attempts > 0)::integer, h, h * w.attempts, h,
        w.blocked, w.attempts, w.overridden, w.attempts, w.unrecorded, w.spoken,
        (w.attempts > 0)::integer, 0, w.attempts, 0, w.talk, 0, w.after_call, 0
    ]::bigint[],
    CASE WHEN w.held AND w.months_before IS NOT NULL THEN least(w.months_before, 7) END,
    CASE WHEN w.held THEN least(coalesce(w.months_after, 0), 7) END, w.owed_before
    FROM whole w;
END $$;

CREATE FUNCTION app.figure_names() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT ARRAY['repayment_rate', 'recovery_rate', 'success_rate', 'average_due', 'average_dpd', 'weighted_dpd', 'cure_rate',
        'satisfaction', 'complaint_rate', 'right_party_rate', 'promise_rate', 'kept_rate', 'kept_rate_amount',
        'plan_kept_rate', 'coverage', 'penetration', 'blocked_rate', 'overridden_rate', 'recording_missing_rate',
        'cases_per_hour', 'attempts_per_hour', 'talk_share', 'after_call_share']
$$;

-- Which cases this person is told of: null for all of them. A lead those of the team, everybody else the own ones.
CREATE FUNCTION app.figure_scope() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF app.person_id() IS NULL THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    RETURN CASE WHEN app.person_role() IN ('auditor', 'admin') THEN NULL ELSE coalesce(app.my_cases(), '{}') END;
END $$;

-- Everything that is asked about is counted as it stands; cases whose judgements hold for another day only, afresh.
CREATE FUNCTION app.figures_ready(today date, scope uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    marked bigint;
BEGIN
    INSERT INTO figure_stale
    SELECT f.case_id, 'infinity'::date, 2 FROM figure_case f
    WHERE (today < f.known_from OR today >= f.known_until) AND (scope IS NULL OR f.case_id = ANY (scope));
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked > 0 OR EXISTS (SELECT FROM figure_stale) THEN
        PERFORM app.figure_turn(true);
        PERFORM app.count_figures(today, 2147483647);
    END IF;
END $$;

-- The figures of a period: by currency each indicator's numerator and denominator and how many cases bear on it, who
-- rolled where, attempts by the hour. What is still open is told by the day of the centre.
CREATE FUNCTION app.figures(first_day date, last_day date, people uuid[]) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    scope uuid[] := app.figure_scope();
BEGIN
    PERFORM app.figure_period(first_day, last_day);
    RETURN app.figures_as_known(first_day, last_day, people, scope, greatest(app.figure_today(), last_day));
END $$;

CREATE FUNCTION app.figure_period(first_day date, last_day date) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF first_day IS NULL OR last_day IS NULL OR first_day > last_day
       OR first_day < '1970-01-01' OR last_day > '9000-01-01' THEN
        RAISE EXCEPTION 'a period has a first and a last day, in that order' USING ERRCODE = 'WS011';
    END IF;
END $$;

CREATE FUNCTION app.figures_as_known(first_day date, last_day date, people uuid[], scope uuid[], today date) RETURNS json
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp
SET plan_cache_mode = force_custom_plan SET jit = off AS $$
DECLARE
    answer json;
    months_from date := date_trunc('month', first_day + interval '1 month - 1 day')::date;
    months_until date := date_trunc('month', last_day + 1)::date;
BEGIN
    PERFORM app.figures_ready(today, scope);
    IF months_from >= months_until THEN
        months_from := last_day + 1;
        months_until := last_day + 1;
    END IF;
    WITH shares AS MATERIALIZED (
        SELECT * FROM app.figure_shares(first_day, last_day, today, people, scope)
    ), sums AS (
        SELECT s.currency, ARRAY[
            sum(s.pairs[1]), sum(s.pairs[2]), sum(s.pairs[3]), sum(s.pairs[4]), sum(s.pairs[5]), sum(s.pairs[6]),
            sum(s.pairs[7]), sum(s.pairs[8]), sum(s.pairs[9]), sum(s.pairs[10]), sum(s.pairs[11]), sum(s.pairs[12]),
            sum(s.pairs[13]), sum(s.pairs[14]), sum(s.pairs[15]), sum(s.pairs[16]), sum(s.pairs[17]), sum(s.pairs[18]),
            sum(s.pairs[19]), sum(s.pairs[20]), sum(s.pairs[21]), sum(s.pairs[22]), sum(s.pairs[23]), sum(s.pairs[24]),
            sum(s.pairs[25]), sum(s.pairs[26]), sum(s.pairs[27]), sum(s.pairs[28]), sum(s.pairs[29]), sum(s.pairs[30]),
            sum(s.pairs[31]), sum(s.pairs[32]), sum(s.pairs[33]), sum(s.pairs[34]), sum(s.pairs[35]), sum(s.pairs[36]),
            sum(s.pairs[37]), sum(s.pairs[38]), sum(s.pairs[39]), sum(s.pairs[40]), sum(s.pairs[41]), sum(s.pairs[42]),
            sum(s.pairs[43]), sum(s.pairs[44]), sum(s.pairs[45]), sum(s.pairs[46])
        ] AS sums, ARRAY[
            count(*) FILTER (WHERE s.pairs[1] <> 0 OR s.pairs[2] <> 0), count(*) FILTER (WHERE s.pairs[3] <> 0 OR
            s.pairs[4] <> 0), count(*) FILTER (WHERE s.pairs[5] <> 0 OR s.pairs[6] <> 0), count(*) FILTER (WHERE
            s.pairs[7] <> 0 OR s.pairs[8] <> 0), count(*) FILTER (WHERE s.pairs[9] <> 0 OR s.pairs[10] <> 0), count(*)
            FILTER (WHERE s.pairs[11] <> 0 OR s.pairs[12] <> 0), count(*) FILTER (WHERE s.pairs[13] <> 0 OR s.pairs[14]
            <> 0), count(*) FILTER (WHERE s.pairs[15] <> 0 OR s.pairs[16] <> 0), count(*) FILTER (WHERE s.pairs[17] <> 0
            OR s.pairs[18] <> 0), count(*) FILTER (WHERE s.pairs[19] <> 0 OR s.pairs[20] <> 0), count(*) FILTER (WHERE
            s.pairs[21] <> 0 OR s.pairs[22] <> 0), count(*) FILTER (WHERE s.pairs[23] <> 0 OR s.pairs[24] <> 0),
            count(*) FILTER (WHERE s.pairs[25] <> 0 OR s.pairs[26] <> 0), count(*) FILTER (WHERE s.pairs[27] <> 0 OR
            s.pairs[28] <> 0), count(*) FILTER (WHERE s.pairs[29] <> 0 OR s.pairs[30] <> 0), count(*) FILTER (WHERE
            s.pairs[31] <> 0 OR s.pairs[32] <> 0), count(*) FILTER (WHERE s.pairs[33] <> 0 OR s.pairs[34] <> 0),
            count(*) FILTER (WHERE s.pairs[35] <> 0 OR s.pairs[36] <> 0), count(*) FILTER (WHERE s.pairs[37] <> 0 OR
            s.pairs[38] <> 0), count(*) FILTER (WHERE s.pairs[39] <> 0 OR s.pairs[40] <> 0), count(*) FILTER (WHERE
            s.pairs[41] <> 0 OR s.pairs[42] <> 0), count(*) FILTER (WHERE s.pairs[43] <> 0 OR s.pairs[44] <> 0),
            count(*) FILTER (WHERE s.pairs[45] <> 0 OR s.pairs[46] <> 0)
        ] AS cases
        FROM shares s GROUP BY s.currency
    ), pairs AS (
        SELECT s.currency, json_object_agg(l.name, json_build_array(coalesce(s.sums[2 * l.n - 1], 0),
               coalesce(s.sums[2 * l.n], 0), s.cases[l.n])) AS pairs
        FROM sums s, unnest(app.figure_names()) WITH ORDINALITY AS l (name, n) GROUP BY s.currency
    ), rolls AS (
        SELECT s.currency, s.rolled_from, s.rolled_to, count(*) AS cases, sum(s.rolled) AS amount FROM shares s
        WHERE s.rolled_from IS NOT NULL GROUP BY s.currency, s.rolled_from, s.rolled_to
    ), hours AS (
        SELECT h.hour, sum(h.attempts) AS attempts, sum(h.met) AS met
        FROM (SELECT * FROM figure_hour m WHERE m.month AND m.day >= months_from AND m.day < months_until
              UNION ALL
              SELECT * FROM figure_hour d WHERE NOT d.month AND d.day >= first_day AND d.day < least(months_from, last_day + 1)
              UNION ALL
              SELECT * FROM figure_hour d WHERE NOT d.month AND d.day >= months_until AND d.day <= last_day) h
        WHERE (people IS NULL OR h.author = ANY (people)) AND (scope IS NULL OR h.case_id = ANY (scope))
        GROUP BY h.hour
    )
    SELECT json_build_object(
        'pairs', (SELECT coalesce(json_object_agg(p.currency, p.pairs), '{}') FROM pairs p),
        'rolls', (SELECT coalesce(json_agg(json_build_array(r.currency, r.rolled_from, r.rolled_to, r.cases, r.amount)), '[]') FROM rolls r),
        'hours', (SELECT coalesce(json_agg(json_build_array(h.hour, h.attempts, h.met)), '[]') FROM hours h),
        'zone', app.figure_zone(), 'today', today, 'as_of', clock_timestamp())
    INTO answer;
    RETURN answer;
END $$;

-- The cases behind an indicator, the largest shares first, at most so many; `cases` says of how many.
CREATE FUNCTION app.figure_cases(name text, first_day date, last_day date, people uuid[], most integer)
RETURNS TABLE (case_id uuid, number text, debtor text, holder text, currency text, numerator bigint, denominator bigint, cases bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    scope uuid[] := app.figure_scope();
    today date;
    at integer := array_position(app.figure_names(), figure_cases.name);
BEGIN
    PERFORM app.figure_period(first_day, last_day);
    IF at IS NULL THEN
        RAISE EXCEPTION 'there is no such indicator' USING ERRCODE = 'WS011';
    END IF;
    today := greatest(app.figure_today(), last_day);
    PERFORM app.figures_ready(today, scope);
    RETURN QUERY
    SELECT s.case_id, c.number, d.name, coalesce(p.name, ''), s.currency, s.numerator, s.denominator, s.cases
    FROM (SELECT s.case_id, s.currency, coalesce(s.pairs[2 * at - 1], 0) AS numerator, coalesce(s.pairs[2 * at], 0) AS denominator,
                 count(*) OVER () AS cases
          FROM app.figure_shares(first_day, last_day, today, people, scope) s
          WHERE coalesce(s.pairs[2 * at - 1], 0) <> 0 OR coalesce(s.pairs[2 * at], 0) <> 0) s
    JOIN cases c ON c.id = s.case_id JOIN debtor d ON d.case_id = s.case_id LEFT JOIN person p ON p.id = c.assignee_id
    ORDER BY s.numerator DESC, s.denominator DESC, c.number LIMIT least(greatest(coalesce(most, 0), 0), 100000);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.figures(date, date, uuid[]), app.figure_cases(text, date, date, uuid[], integer)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.refresh_figures() TO ws_admin;

-- What is there already.
SELECT app.recount_figures();
