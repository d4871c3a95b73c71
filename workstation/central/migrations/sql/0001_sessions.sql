-- Who is asking: the login role is the person. session_user cannot be changed by SET ROLE or inside a function.

CREATE FUNCTION app.person_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT id FROM person WHERE login = session_user AND active
$$;

CREATE FUNCTION app.person_role() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT role FROM person WHERE login = session_user AND active
$$;

-- In whose name cases are held: one's own, and for a lead the team's.
CREATE FUNCTION app.holders() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT CASE WHEN role = 'lead' AND team_id IS NOT NULL THEN ARRAY[id, team_id] ELSE ARRAY[id] END
    FROM person WHERE login = session_user AND active AND role IN ('collector', 'field', 'lead')
$$;

-- Evaluated once per statement by the policies, so that a query costs by the cases in scope, not by the book. The
-- planner cannot know whose scope it is and would read all of them: the index is right for everybody.
CREATE FUNCTION app.my_cases() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
    SELECT array_agg(case_id) FROM case_scope
    WHERE holder_id = ANY ((SELECT app.holders())::uuid[]) AND revoked_at IS NULL
$$;

CREATE FUNCTION app.hello(device uuid, device_name text, client_schema text)
RETURNS TABLE (epoch uuid, server_time timestamptz, person_id uuid, login text, name text, role text,
               team_id uuid, team_name text, schema_version text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person;
    seat device;
BEGIN
    SELECT * INTO me FROM person p WHERE p.login = session_user AND p.active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    IF hello.device IS NULL OR coalesce(hello.device_name, '') = '' OR length(hello.device_name) > 200 THEN
        RAISE EXCEPTION 'a device needs an id and a name of at most 200 characters' USING ERRCODE = 'WS011';
    END IF;
    INSERT INTO device AS d (id, person_id, name) VALUES (hello.device, me.id, hello.device_name)
    ON CONFLICT (id) DO NOTHING;
    SELECT * INTO seat FROM device d WHERE d.id = hello.device;
    IF seat.person_id IS DISTINCT FROM me.id THEN
        RAISE EXCEPTION 'this device belongs to someone else' USING ERRCODE = 'WS002';
    END IF;
    IF seat.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'this device was revoked' USING ERRCODE = 'WS001';
    END IF;
    UPDATE device d SET last_seen_at = clock_timestamp(), name = hello.device_name WHERE d.id = hello.device;
    PERFORM set_config('app.device', hello.device::text, false);
    PERFORM set_config('app.client_schema', coalesce(hello.client_schema, ''), false);
    RETURN QUERY
        SELECT m.epoch, clock_timestamp(), me.id, me.login, me.name, me.role, me.team_id, t.name, m.schema_version
        FROM central_meta m LEFT JOIN team t ON t.id = me.team_id;
END $$;

-- So that a lead sees which seats still hold unsent work.
CREATE FUNCTION app.report_waiting(device uuid, waiting integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    UPDATE device d SET waiting_events = greatest(report_waiting.waiting, 0), last_seen_at = clock_timestamp()
    WHERE d.id = report_waiting.device AND d.person_id = app.person_id()
$$;
