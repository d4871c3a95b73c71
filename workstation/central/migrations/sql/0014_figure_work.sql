-- What was done, from the events as they were written: the same rules as workstation/domain/indicator_case.py.

-- The three below have no SET of their own, or the planner would call them for each event instead of taking them in: a
-- million events took minutes so. Every name in them is written in full or is one of pg_catalog, which their callers put first.

-- A body that can be looked into; null for one that cannot, which counts for nothing, as at a seat.
CREATE FUNCTION app.figure_body(body json) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN body::text ~ '\\u|[0-9][eE][+]?[0-9]{3}' THEN app.readable(body) ELSE body::jsonb END
$$;

-- Is a value of the type that a seat reads? Left out is fine.
CREATE FUNCTION app.figure_is(value jsonb, kind text, optional boolean DEFAULT false) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT value IS NULL OR jsonb_typeof(value) = kind OR optional AND jsonb_typeof(value) = 'null'
$$;

CREATE FUNCTION app.figure_promise(b jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_typeof(b -> 'currency') = 'string', false) AND app.figure_is(b -> 'method', 'string')
       AND app.figure_is(b -> 'account', 'string', true) AND app.figure_is(b -> 'note', 'string')
$$;

-- The events that no correction sets aside are all but these: of corrections the latest first, so that one can itself
-- be undone.
CREATE FUNCTION app.figure_aside(ids uuid[]) RETURNS TABLE (case_id uuid, id uuid)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    e record;
    of_case uuid;
    aside uuid[];
BEGIN
    FOR e IN SELECT c.id, c.case_id, c.answers FROM case_event c
             WHERE c.case_id = ANY (ids) AND c.kind = 'correction' AND c.answers IS NOT NULL
             ORDER BY c.case_id, c.occurred_at + c.offset_ms * interval '1 millisecond' DESC, c.id DESC LOOP
        IF of_case IS DISTINCT FROM e.case_id THEN
            of_case := e.case_id;
            aside := '{}';
        END IF;
        IF e.id <> ALL (aside) THEN
            aside := aside || e.answers;
            case_id := e.case_id;
            id := e.answers;
            RETURN NEXT;
        END IF;
    END LOOP;
END $$;

-- Contacts, promises, complaints and completed settlements of these cases, each from its day on.
CREATE FUNCTION app.figure_events(ids uuid[], since date[])
RETURNS TABLE (case_id uuid, author uuid, day date, hour integer, attempt boolean, met boolean, blocked boolean,
               overridden boolean, complaint boolean, spoken boolean, unrecorded boolean, rating integer, talk integer,
               after_call integer, promised boolean, settled boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, app, pg_temp SET plan_cache_mode = force_custom_plan AS $$
    WITH asked AS (SELECT * FROM unnest(ids, since) AS a (case_id, since)),
    aside AS MATERIALIZED (SELECT a.id FROM app.figure_aside(ids) a),
    known AS (
        SELECT e.*, (e.occurred_at + e.offset_ms * interval '1 millisecond') AT TIME ZONE app.figure_zone() AS moment,
               a.since
        FROM asked a JOIN case_event e ON e.case_id = a.case_id
        WHERE e.kind IN ('contact', 'promise', 'complaint', 'correction', 'plan_decided')
          AND e.id NOT IN (SELECT x.id FROM aside x)
    ), read AS MATERIALIZED (  -- or each use of the body below would read it anew
        SELECT k.*, app.figure_body(k.body) AS b FROM known k WHERE k.moment::date >= k.since
    ), typed AS MATERIALIZED (
        SELECT r.*, o.reach, o.asks_identity,
            r.kind = 'contact' AND r.b IS NOT NULL
            AND coalesce(r.b ->> 'direction', 'out') IN ('out', 'in')
            AND coalesce(r.b ->> 'party', 'unknown') IN ('debtor', 'guarantor', 'related', 'unrelated', 'unknown')
            AND app.figure_is(r.b -> 'direction', 'string') AND app.figure_is(r.b -> 'party', 'string')
            AND app.figure_is(r.b -> 'identity', 'array') AND app.figure_is(r.b -> 'same_call', 'string')
            AND app.figure_is(r.b -> 'recording', 'string') AND app.figure_is(r.b -> 'override_reason', 'string')
            AND app.figure_is(r.b -> 'verdict', 'string', true)
            AND app.figure_is(r.b -> 'satisfaction', 'number', true) AND app.figure_is(r.b -> 'after_seconds', 'number', true)
            AND coalesce(r.b ->> 'satisfaction', '0') ~ '^-?[0-9]{1,9}$' AND coalesce(r.b ->> 'after_seconds', '0') ~ '^-?[0-9]{1,9}$'
            AS contact
        FROM read r LEFT JOIN figure_outcome o ON o.outcome = r.outcome
    ), seen AS MATERIALIZED (
        SELECT t.*,
            t.contact AND coalesce(t.b ->> 'direction', 'out') = 'out' AND coalesce(t.b ->> 'same_call', '') = '' AS attempt,
            t.contact AND coalesce(t.reach = 'debtor', false) AND coalesce(t.b ->> 'party', 'unknown') IN ('debtor', 'unknown')
            AND (t.asks_identity OR (SELECT count(DISTINCT i) FROM jsonb_array_elements_text(
                     CASE WHEN jsonb_typeof(t.b -> 'identity') = 'array' THEN t.b -> 'identity' ELSE '[]' END) i) >= 2) AS met,
            t.contact AND t.reach IS NOT NULL AND coalesce(t.channel IN ('call', 'visit'), false) AS spoken
        FROM typed t
    )
    SELECT s.case_id, s.author, s.moment::date, extract(hour FROM s.moment)::integer, s.attempt, s.met,
        s.attempt AND coalesce(s.b ->> 'verdict' = 'block', false),
        s.attempt AND coalesce(s.b ->> 'verdict' = 'warn', false) AND coalesce(s.b ->> 'override_reason', '') <> '',
        coalesce(s.kind = 'complaint' AND s.b ->> 'state' = 'open' AND jsonb_typeof(s.b -> 'state') = 'string'
                 AND app.figure_is(s.b -> 'text', 'string'), false) OR coalesce(s.outcome = 'complaint', false),
        s.spoken, s.spoken AND coalesce(s.b ->> 'recording', '') = '',
        CASE WHEN s.contact THEN coalesce((s.b ->> 'satisfaction')::integer, 0) ELSE 0 END,
        CASE WHEN s.contact THEN coalesce(s.duration, 0) ELSE 0 END,
        CASE WHEN s.contact THEN coalesce((s.b ->> 'after_seconds')::integer, 0) ELSE 0 END,
        s.kind = 'promise' AND app.figure_promise(s.b),
        s.kind = 'plan_decided' AND coalesce(s.b ->> 'decision' = 'completed', false)
        AND EXISTS (SELECT FROM case_event p WHERE p.id = s.answers AND p.case_id = s.case_id AND p.kind = 'plan_proposed'
                    AND p.id NOT IN (SELECT x.id FROM aside x)
                    AND app.figure_body(p.body) -> 'request' ->> 'method' = 'settlement')
    FROM seen s
$$;

-- The rows of figure_work and figure_hour by day; the caller adds up months.
CREATE FUNCTION app.figure_days(ids uuid[], since date[]) RETURNS SETOF figure_work
LANGUAGE sql STABLE SET search_path = pg_catalog, public, app, pg_temp SET plan_cache_mode = force_custom_plan AS $$
    SELECT e.case_id, e.author, false, e.day,
        count(*) FILTER (WHERE e.attempt), count(*) FILTER (WHERE e.attempt AND e.met), count(*) FILTER (WHERE e.met),
        count(*) FILTER (WHERE e.blocked), count(*) FILTER (WHERE e.overridden), count(*) FILTER (WHERE e.complaint),
        count(*) FILTER (WHERE e.spoken), count(*) FILTER (WHERE e.unrecorded), count(*) FILTER (WHERE e.rating <> 0),
        sum(e.rating), sum(e.talk), sum(e.after_call), count(*) FILTER (WHERE e.promised), count(*) FILTER (WHERE e.settled)
    FROM app.figure_events(ids, since) e GROUP BY e.case_id, e.author, e.day
$$;

CREATE FUNCTION app.figure_hours_of_days(ids uuid[], since date[]) RETURNS SETOF figure_hour
LANGUAGE sql STABLE SET search_path = pg_catalog, public, app, pg_temp SET plan_cache_mode = force_custom_plan AS $$
    SELECT e.case_id, e.author, false, e.day, e.hour, count(*), count(*) FILTER (WHERE e.met)
    FROM app.figure_events(ids, since) e WHERE e.attempt GROUP BY e.case_id, e.author, e.day, e.hour
$$;
