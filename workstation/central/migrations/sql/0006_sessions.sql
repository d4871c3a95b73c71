-- Who is asking, and whether their password still serves. One that has to be changed opens the greeting and the change of
-- the password, and nothing else: every policy and function asks these.

CREATE FUNCTION app.must_change() RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT coalesce((
        SELECT c.must_change OR c.set_at + h.longest_days * interval '1 day' < now()
        FROM person p JOIN credential c ON c.person_id = p.id CROSS JOIN house_policy h
        WHERE p.login = session_user AND p.active), false)
$$;

CREATE OR REPLACE FUNCTION app.person_id() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT id FROM person WHERE login = session_user AND active AND NOT app.must_change()
$$;

CREATE OR REPLACE FUNCTION app.person_role() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT role FROM person WHERE login = session_user AND active AND NOT app.must_change()
$$;

CREATE OR REPLACE FUNCTION app.holders() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT CASE WHEN role = 'lead' AND team_id IS NOT NULL THEN ARRAY[id, team_id] ELSE ARRAY[id] END
    FROM person WHERE login = session_user AND active AND role IN ('collector', 'field', 'lead') AND NOT app.must_change()
$$;

CREATE FUNCTION app.require_fresh_password() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF app.must_change() THEN
        RAISE EXCEPTION 'the password has to be changed first' USING ERRCODE = 'WS004';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION app.require_admin() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_fresh_password();
    IF NOT (pg_has_role(session_user, 'ws_owner', 'USAGE') OR coalesce(app.person_role() = 'admin', false)) THEN
        RAISE EXCEPTION 'only an administrator may do this' USING ERRCODE = '42501';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION app.require_lead() RETURNS person
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    me person;
BEGIN
    PERFORM app.require_fresh_password();
    SELECT * INTO me FROM person p WHERE p.login = session_user AND p.active;
    IF NOT FOUND OR me.role NOT IN ('lead', 'admin') OR (me.role = 'lead' AND me.team_id IS NULL) THEN
        RAISE EXCEPTION 'only a team lead or an administrator may do this' USING ERRCODE = '42501';
    END IF;
    RETURN me;
END $$;

-- The greeting also says whether the password is to be changed, in how many days it has to be (empty: never), and
-- whether this device has to be let in first. A device seen for the first time is an entry in the record.
DROP FUNCTION app.hello(uuid, text, text);
CREATE FUNCTION app.hello(device uuid, device_name text, client_schema text)
RETURNS TABLE (epoch uuid, server_time timestamptz, person_id uuid, login text, name text, role text,
               team_id uuid, team_name text, schema_version text, serves_from text, restored_at timestamptz,
               recover_until timestamptz, must_change boolean, password_days integer, device_waits boolean)
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
    INSERT INTO device AS d (id, person_id, name, waits)
    SELECT hello.device, me.id, hello.device_name, h.new_devices_wait FROM house_policy h
    ON CONFLICT (id) DO NOTHING;
    IF FOUND THEN
        PERFORM app.log_admin('device_registered', hello.device::text, json_build_object('person', me.id, 'name', hello.device_name));
    END IF;
    SELECT * INTO seat FROM device d WHERE d.id = hello.device;
    IF seat.person_id IS DISTINCT FROM me.id THEN
        RAISE EXCEPTION 'this device belongs to someone else' USING ERRCODE = 'WS002';
    END IF;
    IF seat.revoked_at IS NOT NULL THEN
        -- With the epoch: what a restore made the centre forget, it still hands in. With the word to erase what it holds.
        RAISE EXCEPTION 'this device was revoked' USING ERRCODE = 'WS001',
            DETAIL = (SELECT m.epoch::text FROM central_meta m),
            HINT = CASE WHEN seat.erase_asked_at IS NULL THEN '' ELSE 'erase' END;
    END IF;
    UPDATE device d SET last_seen_at = clock_timestamp(), name = hello.device_name WHERE d.id = hello.device;
    -- Nothing here is worth a wait for the disk or the standby; what is, comes after it in the log and carries it along.
    PERFORM set_config('synchronous_commit', 'off', true);
    RETURN QUERY
        SELECT m.epoch, clock_timestamp(), me.id, me.login, me.name, me.role, me.team_id, t.name, m.schema_version,
               m.serves_from, m.restored_at, m.recover_until, app.must_change(),
               CASE WHEN h.longest_days IS NOT NULL
                    THEN greatest(0, ceil(extract(epoch FROM c.set_at + h.longest_days * interval '1 day' - now()) / 86400))::integer END,
               seat.waits
        FROM central_meta m CROSS JOIN house_policy h LEFT JOIN team t ON t.id = me.team_id
        LEFT JOIN credential c ON c.person_id = me.id;
END $$;

-- The seat that was to erase what it holds says that it has.
CREATE FUNCTION app.device_erased(device uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    UPDATE device d SET erased_at = clock_timestamp() FROM person p
    WHERE d.id = device_erased.device AND d.person_id = p.id AND p.login = session_user
      AND d.erase_asked_at IS NOT NULL AND d.erased_at IS NULL;
    IF FOUND THEN
        PERFORM app.log_admin('device_erased', device::text, '{}');
    END IF;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.hello(uuid, text, text), app.device_erased(uuid), app.must_change()
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
