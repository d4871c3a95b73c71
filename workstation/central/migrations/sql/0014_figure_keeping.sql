-- Keeping the rows of figure_* right: what changes marks its cases, and counts them at once unless somebody is counting.

-- One counts at a time; who comes meanwhile leaves marks to the next. Never waits, so no two pushes hold each other up.
CREATE FUNCTION app.figure_turn(waits boolean) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF waits THEN
        PERFORM pg_advisory_xact_lock(hashtext('workstation.figures'));
        RETURN true;
    END IF;
    RETURN pg_try_advisory_xact_lock(hashtext('workstation.figures'));
END $$;

-- Counts the marked cases, at most so many, as known on a day. The marks go first: what is written after that snapshot
-- leaves its own. Whoever calls has the turn. Returns how many cases were counted.
CREATE FUNCTION app.count_figures(today date, most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    ids uuid[];
    since date[];
    what integer[];
    worked uuid[];
    worked_since date[];
    judged uuid[];
    spanned uuid[];
BEGIN
    WITH taken AS (
        SELECT DISTINCT s.case_id FROM figure_stale s LIMIT most
    ), gone AS (
        DELETE FROM figure_stale s USING taken t WHERE s.case_id = t.case_id RETURNING s.*
    )
    SELECT array_agg(g.case_id), array_agg(g.since), array_agg(g.what) INTO ids, since, what
    FROM (SELECT g.case_id, min(g.since) FILTER (WHERE g.what & 1 > 0) AS since, bit_or(g.what) AS what
          FROM gone g WHERE EXISTS (SELECT FROM cases c WHERE c.id = g.case_id) GROUP BY g.case_id) g;
    IF ids IS NULL THEN
        RETURN 0;
    END IF;
    INSERT INTO figure_case (case_id) SELECT unnest(ids) ON CONFLICT DO NOTHING;

    SELECT array_agg(m.id), array_agg(m.since) INTO worked, worked_since
    FROM unnest(ids, since, what) AS m (id, since, what) WHERE m.what & 1 > 0;
    IF worked IS NOT NULL THEN
        DELETE FROM figure_work w USING unnest(worked, worked_since) AS m (id, since)
        WHERE w.case_id = m.id AND w.day >= CASE WHEN w.month THEN date_trunc('month', m.since)::date ELSE m.since END;
        INSERT INTO figure_work SELECT * FROM app.figure_days(worked, worked_since);
        INSERT INTO figure_work
        SELECT w.case_id, w.author, true, date_trunc('month', w.day)::date, sum(w.attempts), sum(w.met), sum(w.reached),
               sum(w.blocked), sum(w.overridden), sum(w.complaints), sum(w.spoken), sum(w.unrecorded), sum(w.rated),
               sum(w.ratings), sum(w.talk), sum(w.after_call), sum(w.promised), sum(w.settled)
        FROM unnest(worked, worked_since) AS m (id, since)
        JOIN figure_work w ON w.case_id = m.id AND NOT w.month AND w.day >= date_trunc('month', m.since)::date
        GROUP BY w.case_id, w.author, date_trunc('month', w.day)::date;
        DELETE FROM figure_hour h USING unnest(worked, worked_since) AS m (id, since)
        WHERE h.case_id = m.id AND h.day >= CASE WHEN h.month THEN date_trunc('month', m.since)::date ELSE m.since END;
        INSERT INTO figure_hour SELECT * FROM app.figure_hours_of_days(worked, worked_since);
        INSERT INTO figure_hour
        SELECT h.case_id, h.author, true, date_trunc('month', h.day)::date, h.hour, sum(h.attempts), sum(h.met)
        FROM unnest(worked, worked_since) AS m (id, since)
        JOIN figure_hour h ON h.case_id = m.id AND NOT h.month AND h.day >= date_trunc('month', m.since)::date
        GROUP BY h.case_id, h.author, date_trunc('month', h.day)::date, h.hour;
    END IF;

    judged := ARRAY(SELECT m.id FROM unnest(ids, what) AS m (id, what) WHERE m.what & 2 > 0);
    IF judged <> '{}' THEN
        DELETE FROM figure_due d WHERE d.case_id = ANY (judged);
        INSERT INTO figure_due SELECT d.* FROM unnest(judged) u, app.figure_dues(u, today) d;
        UPDATE figure_case f SET known_from = k.known_from, known_until = k.known_until
        FROM (SELECT u AS id, coalesce(max(p.value_date) FILTER (WHERE p.value_date <= today), '-infinity') AS known_from,
                     coalesce(min(p.value_date) FILTER (WHERE p.value_date > today), 'infinity') AS known_until
              FROM unnest(judged) u LEFT JOIN payment p ON p.case_id = u GROUP BY u) k
        WHERE f.case_id = k.id AND (f.known_from, f.known_until) <> (k.known_from, k.known_until);
    END IF;

    spanned := ARRAY(SELECT m.id FROM unnest(ids, what) AS m (id, what) WHERE m.what & 4 > 0);
    IF spanned <> '{}' THEN
        DELETE FROM figure_span s WHERE s.case_id = ANY (spanned);
        INSERT INTO figure_span SELECT * FROM app.figure_spans(spanned);
        UPDATE figure_case f SET first_unpaid = a.first_unpaid
        FROM (SELECT u AS id, min(a.first_unpaid_due) AS first_unpaid FROM unnest(spanned) u
              LEFT JOIN account a ON a.case_id = u GROUP BY u) a
        WHERE f.case_id = a.id AND f.first_unpaid IS DISTINCT FROM a.first_unpaid;
    END IF;
    RETURN cardinality(ids);
END $$;

-- The bank's figures of each account, from their day to before the next.
CREATE FUNCTION app.figure_spans(ids uuid[]) RETURNS SETOF figure_span
LANGUAGE sql STABLE SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT s.case_id, s.account_id, s.as_of,
           coalesce(lead(s.as_of) OVER w, 'infinity'), lag(s.as_of) OVER w IS NULL, s.owed, s.months
    FROM (SELECT DISTINCT ON (b.case_id, b.account_id, b.as_of) b.case_id, b.account_id, b.as_of,
                 b.principal + b.interest + b.penalty + b.fees + b.costs AS owed, b.months_past_due AS months
          FROM balance_snapshot b WHERE b.case_id = ANY (ids) ORDER BY b.case_id, b.account_id, b.as_of, b.id) s
    WINDOW w AS (PARTITION BY s.case_id, s.account_id ORDER BY s.as_of)
$$;

CREATE FUNCTION app.figure_today() RETURNS date
LANGUAGE sql STABLE SET search_path = pg_catalog, app, pg_temp AS $$
    SELECT (clock_timestamp() AT TIME ZONE app.figure_zone())::date
$$;

-- All that is marked; after a load, and before an answer.
CREATE FUNCTION app.refresh_figures() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    PERFORM app.figure_turn(true);
    RETURN app.count_figures(app.figure_today(), 2147483647);
END $$;

-- Everything afresh. For the owner only.
CREATE FUNCTION app.recount_figures() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.figure_turn(true);
    INSERT INTO figure_stale SELECT c.id, '-infinity'::date, 7 FROM cases c;
    RETURN app.count_figures(app.figure_today(), 2147483647);
END $$;

-- A push touches some dozen cases: they are counted in its own transaction. A load leaves thousands to its end.
CREATE FUNCTION app.figures_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    few CONSTANT integer := 200;
    marked bigint;
BEGIN
    CASE TG_TABLE_NAME
    WHEN 'case_event' THEN
        INSERT INTO figure_stale
        SELECT n.case_id,
               CASE WHEN bool_or(n.kind IN ('correction', 'plan_proposed')) THEN '-infinity'
                    ELSE min((n.occurred_at + n.offset_ms * interval '1 millisecond') AT TIME ZONE app.figure_zone())::date END,
               1 + CASE WHEN bool_or(n.kind IN ('promise', 'correction', 'plan_proposed', 'plan_decided')) THEN 2 ELSE 0 END
        FROM now_rows n WHERE n.kind IN ('contact', 'promise', 'complaint', 'correction', 'plan_proposed', 'plan_decided')
        GROUP BY n.case_id;
    WHEN 'payment', 'contact_point' THEN
        INSERT INTO figure_stale SELECT DISTINCT n.case_id, 'infinity'::date, 2 FROM now_rows n;
    WHEN 'book' THEN
        INSERT INTO figure_stale
        SELECT c.id, 'infinity'::date, 2 FROM cases c WHERE c.book_id IN (SELECT n.id FROM now_rows n);
    WHEN 'cases' THEN
        INSERT INTO figure_stale SELECT NEW.id, 'infinity'::date, 2;
    ELSE
        INSERT INTO figure_stale SELECT DISTINCT n.case_id, 'infinity'::date, 4 FROM now_rows n;
    END CASE;
    GET DIAGNOSTICS marked = ROW_COUNT;
    IF marked BETWEEN 1 AND few AND app.figure_turn(false) THEN
        PERFORM app.count_figures(app.figure_today(), few);
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['case_event', 'payment', 'contact_point', 'account', 'balance_snapshot'] LOOP
        EXECUTE format('CREATE TRIGGER figures_added AFTER INSERT ON %I REFERENCING NEW TABLE AS now_rows '
                       'FOR EACH STATEMENT EXECUTE FUNCTION app.figures_changed()', name);
        IF name <> 'case_event' THEN
            EXECUTE format('CREATE TRIGGER figures_changed AFTER UPDATE ON %I REFERENCING NEW TABLE AS now_rows '
                           'FOR EACH STATEMENT EXECUTE FUNCTION app.figures_changed()', name);
        END IF;
    END LOOP;
END $$;
CREATE TRIGGER figures_changed AFTER UPDATE ON book REFERENCING NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION app.figures_changed();
CREATE TRIGGER figures_changed AFTER UPDATE OF book_id ON cases FOR EACH ROW
    WHEN (OLD.book_id <> NEW.book_id) EXECUTE FUNCTION app.figures_changed();
