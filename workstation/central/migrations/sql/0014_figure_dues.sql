-- Promises and instalments judged against payments: the same rules as workstation/domain/{promise,case_plans,case_state,
-- case_values,indicator_case}.py, shown equal by tests/central/test_figures_equal.py.

CREATE TYPE app.figure_owed AS (
    id text, made_on date, amount bigint, due date, account text, replaced_on date, late boolean, author uuid, instalment boolean
);
CREATE TYPE app.figure_verdict AS (owed app.figure_owed, status text, paid bigint, on_time bigint);

-- A zone the server knows; the default for any other.
CREATE FUNCTION app.figure_sound_zone(zone text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, app, pg_temp AS $$
BEGIN
    PERFORM now() AT TIME ZONE zone;
    RETURN coalesce(zone, app.figure_zone());
EXCEPTION WHEN data_exception THEN
    RETURN app.figure_zone();
END $$;

-- Days as seats spell them; null for anything else.
CREATE FUNCTION app.figure_day(said text) RETURNS date
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN said ~ '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$' AND left(said, 4) <> '0000'
        AND right(said, 2)::integer <= extract(day FROM (left(said, 7) || '-01')::date + interval '1 month - 1 day')
        THEN said::date END
$$;

-- Payments of a case as known on a day, oldest first, each less what was taken back from it.
CREATE FUNCTION app.figure_money(of_case uuid, today date, OUT dates date[], OUT accounts text[], OUT lefts bigint[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    ids uuid[];
    back record;
    at integer;
    rest bigint;
    part bigint;
BEGIN
    SELECT array_agg(p.id ORDER BY p.value_date, p.id), array_agg(p.value_date ORDER BY p.value_date, p.id),
           array_agg(p.account_id::text ORDER BY p.value_date, p.id), array_agg(p.amount ORDER BY p.value_date, p.id)
    INTO ids, dates, accounts, lefts
    FROM payment p WHERE p.case_id = of_case AND p.value_date <= today AND p.amount > 0;
    FOR back IN SELECT * FROM payment p WHERE p.case_id = of_case AND p.value_date <= today AND p.amount < 0
                ORDER BY p.value_date, p.id LOOP
        at := array_position(ids, back.reverses);
        IF at IS NOT NULL THEN
            lefts[at] := greatest(0, lefts[at] + back.amount);
            CONTINUE;
        END IF;
        -- One that names no payment known here: the newest payments of its account lose the money first.
        rest := -back.amount;
        FOR n IN REVERSE coalesce(cardinality(ids), 0) .. 1 LOOP
            IF dates[n] <= back.value_date AND accounts[n] = back.account_id::text THEN
                part := least(lefts[n], rest);
                lefts[n] := lefts[n] - part;
                rest := rest - part;
            END IF;
        END LOOP;
    END LOOP;
END $$;

-- First in, first out, each unit of money once. What is neither kept nor cancelled is `due`: open until it closes.
CREATE FUNCTION app.figure_judge(owed app.figure_owed[], dates date[], accounts text[], lefts bigint[], grace integer,
                                 tolerance bigint)
RETURNS SETOF app.figure_verdict
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    o app.figure_owed;
    verdict app.figure_verdict;
    pots CONSTANT integer := coalesce(cardinality(dates), 0);
    last_day date;
    enough bigint;
    part bigint;
    took bigint[];
    cut boolean;
BEGIN
    FOR o IN SELECT u.* FROM unnest(owed) u ORDER BY u.made_on, u.due, u.id COLLATE "C" LOOP
        last_day := least(o.due + grace, o.replaced_on - 1);
        enough := greatest(1, o.amount - tolerance);
        cut := coalesce(o.replaced_on <= o.due + grace, false);
        verdict := ROW(o, 'due', 0, 0);
        took := NULL;
        FOR n IN 1 .. pots LOOP
            EXIT WHEN verdict.paid > 0 AND verdict.paid >= enough;
            IF lefts[n] <> 0 AND o.made_on <= dates[n] AND (o.late OR dates[n] <= last_day)
               AND (o.account IS NULL OR o.account = accounts[n]) THEN
                part := least(lefts[n], o.amount - verdict.paid);
                lefts[n] := lefts[n] - part;
                verdict.paid := verdict.paid + part;
                took[n] := part;
                IF dates[n] <= o.due + grace THEN
                    verdict.on_time := verdict.on_time + part;
                END IF;
            END IF;
        END LOOP;
        IF verdict.paid > 0 AND verdict.paid >= enough THEN
            verdict.status := 'kept';
        ELSIF cut THEN
            verdict.status := 'cancelled';
            FOR n IN 1 .. pots LOOP
                lefts[n] := lefts[n] + coalesce(took[n], 0);
            END LOOP;
        END IF;
        RETURN NEXT verdict;
    END LOOP;
END $$;

-- The due dates and amounts of a computed plan: [[day, minor units] …]; rows that are written otherwise are left out.
CREATE FUNCTION app.figure_schedule(rows jsonb, digits integer) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, app, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_array(app.figure_day(r ->> 'due'), trunc((r ->> 'amount')::numeric * power(10::numeric, digits)))
                              ORDER BY n), '[]')
    FROM jsonb_array_elements(CASE WHEN jsonb_typeof(rows) = 'array' THEN rows ELSE '[]' END) WITH ORDINALITY AS l (r, n)
    WHERE jsonb_typeof(r) = 'object' AND app.figure_day(r ->> 'due') IS NOT NULL
      AND CASE WHEN r ->> 'amount' ~ '^-?[0-9]{1,18}(\.[0-9]{1,6})?$' THEN
              (r ->> 'amount')::numeric * power(10::numeric, digits) = trunc((r ->> 'amount')::numeric * power(10::numeric, digits))
              AND abs((r ->> 'amount')::numeric * power(10::numeric, digits)) <= 1e15 ELSE false END
$$;

-- The promises of a case; a later one takes the place of the one it answers, and of the same one noted at two seats.
CREATE FUNCTION app.figure_promises(of_case uuid, zone text, aside uuid[]) RETURNS app.figure_owed[]
LANGUAGE sql STABLE SET search_path = pg_catalog, public, app, pg_temp AS $$
    WITH p AS (
        SELECT e.*, app.figure_body(e.body) AS b, e.occurred_at + e.offset_ms * interval '1 millisecond' AS happened
        FROM case_event e WHERE e.case_id = of_case AND e.kind = 'promise' AND e.amount > 0 AND e.due_on IS NOT NULL
          AND e.id <> ALL (aside)
    ), made AS (
        SELECT p.*, (p.happened AT TIME ZONE zone)::date AS made_on, p.b ->> 'account' AS account FROM p
        WHERE app.figure_promise(p.b)
    ), reply AS (
        SELECT DISTINCT ON (m.answers) m.answers, m.id, m.made_on FROM made m WHERE m.answers IS NOT NULL
        ORDER BY m.answers, m.happened, m.id
    ), twin AS (
        SELECT m.id, lead(m.made_on) OVER (PARTITION BY m.made_on, m.amount, m.b ->> 'currency', m.due_on, m.account
                                           ORDER BY m.happened, m.id) AS replaced_on
        FROM made m WHERE NOT EXISTS (SELECT FROM reply r WHERE r.answers = m.id)
    )
    SELECT array_agg(ROW(m.id::text, m.made_on, m.amount, m.due_on, m.account,
                         CASE WHEN r.id IS NULL THEN t.replaced_on WHEN r.id <> m.id THEN greatest(r.made_on, m.made_on) END,
                         false, m.author, false)::app.figure_owed)
    FROM made m LEFT JOIN reply r ON r.answers = m.id LEFT JOIN twin t ON t.id = m.id
$$;

-- The instalments of a plan as what is due, the down payment as number 0.
CREATE FUNCTION app.figure_parts(plan text, author uuid, rows jsonb, down boolean, since date) RETURNS app.figure_owed[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, app, pg_temp AS $$
    SELECT coalesce(array_agg(ROW(
        plan || '#' || lpad(i.number, greatest(3, length(i.number)), '0'),
        least(since, i.due), i.amount, i.due, NULL, NULL, true, author, true)::app.figure_owed), '{}')
    FROM (SELECT (n - CASE WHEN down THEN 1 ELSE 0 END)::text AS number, (r ->> 0)::date AS due, (r ->> 1)::bigint AS amount
          FROM jsonb_array_elements(rows) WITH ORDINALITY AS l (r, n)) i
$$;

-- Is it a decision that a seat can read?
CREATE FUNCTION app.figure_decision(b jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, app, pg_temp AS $$
    SELECT coalesce(jsonb_typeof(b -> 'decision') = 'string' AND b ->> 'decision' IN
                    ('approved', 'rejected', 'agreed', 'active', 'breached', 're_aged', 'terminated', 'completed', 'cancelled'), false)
       AND app.figure_is(b -> 'consent', 'string') AND coalesce(b ->> 'consent', '') IN ('signed', 'recorded', '')
       AND app.figure_is(b -> 'round', 'number') AND coalesce(b ->> 'round', '0') ~ '^-?[0-9]{1,9}$'
       AND app.figure_is(b -> 'reason', 'string') AND app.figure_is(b -> 'recording', 'string')
       AND app.figure_is(b -> 'signed_on', 'string', true)
       AND (b ->> 'signed_on' IS NULL OR app.figure_day(b ->> 'signed_on') IS NOT NULL)
       AND app.figure_is(b -> 'instalments', 'array')
       AND NOT EXISTS (
           SELECT FROM jsonb_array_elements(CASE WHEN jsonb_typeof(b -> 'instalments') = 'array' THEN b -> 'instalments' ELSE '[]' END) i
           WHERE (jsonb_typeof(i) = 'object' AND jsonb_typeof(i -> 'due') = 'string' AND app.figure_day(i ->> 'due') IS NOT NULL
                  AND jsonb_typeof(i -> 'amount') = 'number' AND i ->> 'amount' ~ '^-?[0-9]{1,18}$') IS NOT TRUE)
$$;

-- Everything that falls due on a case, judged as known on a day.
CREATE FUNCTION app.figure_dues(of_case uuid, today date) RETURNS SETOF figure_due
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    term figure_term;
    zone text;
    aside uuid[];
    promises app.figure_owed[];
    parts app.figure_owed[];
    money record;
    e record;
    v app.figure_verdict;
    plans text[] := '{}';
    author uuid[] := '{}';
    stage text[] := '{}';
    proposed date[] := '{}';
    agreed date[] := '{}';
    replaces text[] := '{}';
    needs boolean[] := '{}';
    downs boolean[] := '{}';
    rows jsonb[] := '{}';
    approved text[];
    moved text[];
    ended text[] := '{}';
    ended_on date[] := '{}';
    seen text[];
    watched integer;
    since date;
    at integer;
    row jsonb;
BEGIN
    SELECT t.* INTO term FROM cases c JOIN book b ON b.id = c.book_id
    JOIN figure_term t ON t.jurisdiction = b.jurisdiction AND t.currency = b.currency WHERE c.id = of_case;
    IF NOT FOUND OR NOT EXISTS (SELECT FROM case_event c WHERE c.case_id = of_case AND c.kind IN ('promise', 'plan_proposed')) THEN
        RETURN;
    END IF;
    zone := app.figure_sound_zone((SELECT p.time_zone FROM contact_point p
        WHERE p.case_id = of_case AND p.related_person_id IS NULL ORDER BY p.rank, p.id LIMIT 1));
    aside := ARRAY(SELECT a.id FROM app.figure_aside(ARRAY[of_case]) a);
    promises := app.figure_promises(of_case, zone, aside);
    SELECT * INTO money FROM app.figure_money(of_case, today);

    FOR e IN SELECT c.id, c.kind, c.author, c.answers::text AS answers, app.figure_body(c.body) AS b,
                    ((c.occurred_at + c.offset_ms * interval '1 millisecond') AT TIME ZONE zone)::date AS day,
                    ((c.occurred_at + c.offset_ms * interval '1 millisecond') AT TIME ZONE app.figure_zone())::date AS here
             FROM case_event c WHERE c.case_id = of_case AND c.kind IN ('plan_proposed', 'plan_decided') AND c.id <> ALL (aside)
             ORDER BY c.kind DESC, c.occurred_at + c.offset_ms * interval '1 millisecond', c.id LOOP
        IF e.kind = 'plan_proposed' THEN
            CONTINUE WHEN (jsonb_typeof(e.b -> 'request') = 'object' AND jsonb_typeof(e.b -> 'result') = 'object'
                           AND app.figure_is(e.b -> 'needs_approval', 'boolean') AND app.figure_is(e.b -> 'replaces', 'string')
                           AND app.figure_is(e.b -> 'circumstances', 'string')) IS NOT TRUE;
            plans := plans || e.id::text;
            author := author || e.author;
            stage := stage || 'proposed'::text;
            proposed := proposed || e.day;
            agreed := agreed || NULL::date;
            replaces := replaces || coalesce(e.b ->> 'replaces', '');
            needs := needs || coalesce((e.b ->> 'needs_approval')::boolean, false);
            at := (SELECT t.decimals FROM figure_term t WHERE t.currency = e.b -> 'request' ->> 'currency' LIMIT 1);
            row := CASE WHEN at IS NULL THEN '[]' ELSE app.figure_schedule(jsonb_build_array(e.b -> 'result' -> 'down_payment'), at) END;
            downs := downs || (row <> '[]');
            rows := rows || (row || CASE WHEN at IS NULL THEN '[]' ELSE app.figure_schedule(e.b -> 'result' -> 'schedule', at) END);
            CONTINUE;
        END IF;
        CONTINUE WHEN NOT app.figure_decision(e.b);
        IF approved IS NULL THEN  -- of all decisions, before the first is looked at
            SELECT array_agg(c.answers::text) FILTER (WHERE c.b ->> 'decision' = 'approved'),
                   array_agg(c.answers::text) FILTER (WHERE c.b ->> 'decision' = 're_aged')
            INTO approved, moved
            FROM (SELECT c.answers, app.figure_body(c.body) AS b FROM case_event c
                  WHERE c.case_id = of_case AND c.kind = 'plan_decided' AND c.id <> ALL (aside)) c
            WHERE app.figure_decision(c.b);
            approved := coalesce(approved, '{}');
            moved := coalesce(moved, '{}');
        END IF;
        IF e.b ->> 'decision' IN ('terminated', 'cancelled') AND e.answers IS NOT NULL AND e.answers <> ALL (ended) THEN
            ended := ended || e.answers;
            ended_on := ended_on || e.here;
        END IF;
        at := array_position(plans, e.answers);
        CONTINUE WHEN at IS NULL
            OR needs[at] AND e.answers <> ALL (approved)
               AND e.b ->> 'decision' IN ('agreed', 'active', 'breached', 're_aged', 'completed')
            OR agreed[at] IS NOT NULL AND e.b ->> 'decision' IN ('approved', 'rejected')
            OR stage[at] IN ('terminated', 'cancelled', 'completed')
               AND e.b ->> 'decision' NOT IN ('terminated', 'cancelled', 'completed')
            OR e.b ->> 'decision' = 'breached'
               AND coalesce((e.b ->> 'round')::integer, 0) < cardinality(array_positions(moved, e.answers));
        IF e.b ->> 'decision' = 're_aged' THEN
            IF jsonb_array_length(coalesce(e.b -> 'instalments', '[]')) = jsonb_array_length(rows[at]) THEN
                rows[at] := (SELECT coalesce(jsonb_agg(jsonb_build_array(i -> 'due', i -> 'amount') ORDER BY n), '[]')
                             FROM jsonb_array_elements(coalesce(e.b -> 'instalments', '[]')) WITH ORDINALITY AS l (i, n));
            END IF;
            stage[at] := CASE stage[at] WHEN 'breached' THEN 'breached' ELSE 'active' END;
        ELSE
            IF e.b ->> 'decision' IN ('agreed', 'active') AND agreed[at] IS NULL THEN
                agreed[at] := e.day;
            END IF;
            stage[at] := e.b ->> 'decision';
        END IF;
    END LOOP;

    FOR n IN 1 .. cardinality(plans) LOOP
        seen := ARRAY[plans[n]];
        at := array_position(plans, replaces[n]);
        WHILE at IS NOT NULL AND plans[at] <> ALL (seen) LOOP
            seen := seen || plans[at];
            IF stage[at] IN ('proposed', 'approved') OR agreed[n] IS NOT NULL AND stage[at] IN ('agreed', 'active', 'breached') THEN
                stage[at] := 'replaced';
            END IF;
            at := CASE WHEN agreed[n] IS NOT NULL THEN array_position(plans, replaces[at]) END;
        END LOOP;
    END LOOP;
    FOR n IN 1 .. cardinality(plans) LOOP
        IF stage[n] IN ('agreed', 'active') THEN
            watched := n;
        END IF;
    END LOOP;
    IF watched IS NULL THEN
        FOR n IN 1 .. cardinality(plans) LOOP
            IF stage[n] = 'breached' THEN
                watched := n;
            END IF;
        END LOOP;
    END IF;

    -- Promises, and the plan that is watched: no money counts twice among the two but for promises made after it.
    IF watched IS NOT NULL AND agreed[watched] IS NOT NULL THEN
        since := least(agreed[watched], proposed[watched] + 1);
        parts := app.figure_parts(plans[watched], author[watched], rows[watched], downs[watched], since);
        RETURN QUERY
            SELECT of_case, (r.owed).id, (r.owed).author, (r.owed).instalment, (r.owed).due, (r.owed).due + term.grace_days,
                   (r.owed).amount, CASE WHEN (r.owed).instalment THEN least(r.on_time, (r.owed).amount) ELSE least(r.paid, (r.owed).amount) END,
                   r.status = 'kept',
                   CASE WHEN (r.owed).instalment THEN least(r.on_time, (r.owed).amount) >= greatest(1, (r.owed).amount - term.tolerance)
                        ELSE r.status = 'kept' END
            FROM app.figure_judge(ARRAY(SELECT p FROM unnest(promises) p WHERE p.made_on <= since) || parts, money.dates,
                                  money.accounts, money.lefts, term.grace_days, term.tolerance) r
            WHERE r.status <> 'cancelled';
    END IF;
    RETURN QUERY
        SELECT of_case, (r.owed).id, (r.owed).author, false, (r.owed).due, (r.owed).due + term.grace_days, (r.owed).amount,
               least(r.paid, (r.owed).amount), r.status = 'kept', r.status = 'kept'
        FROM app.figure_judge(promises, money.dates, money.accounts, money.lefts, term.grace_days, term.tolerance) r
        WHERE r.status <> 'cancelled' AND (since IS NULL OR (r.owed).made_on > since);

    -- What fell due while a plan that is over was kept.
    FOR n IN 1 .. cardinality(plans) LOOP
        CONTINUE WHEN agreed[n] IS NULL OR n = watched;
        since := NULL;  -- the day it ended before its time
        FOR k IN 1 .. cardinality(plans) LOOP
            IF replaces[k] = plans[n] AND agreed[k] IS NOT NULL THEN
                since := agreed[k];
            END IF;
        END LOOP;
        since := coalesce(since, ended_on[array_position(ended, plans[n])]);
        parts := app.figure_parts(plans[n], author[n], rows[n], downs[n], least(agreed[n], proposed[n] + 1));
        RETURN QUERY
            SELECT of_case, (r.owed).id, (r.owed).author, true, (r.owed).due, (r.owed).due + term.grace_days, (r.owed).amount,
                   least(r.on_time, (r.owed).amount), r.status = 'kept',
                   least(r.on_time, (r.owed).amount) >= greatest(1, (r.owed).amount - term.tolerance)
            FROM app.figure_judge(parts, money.dates, money.accounts, money.lefts, term.grace_days, term.tolerance) r
            WHERE since IS NULL OR (r.owed).due <= since;
    END LOOP;
END $$;
