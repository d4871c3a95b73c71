-- People and devices. What raises somebody's rights takes two administrators: one proposes, another approves. The owner of
-- the server is not held to it: who may do anything is not held by a function.

CREATE FUNCTION app.is_owner() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT pg_has_role(session_user, 'ws_owner', 'USAGE') $$;

CREATE FUNCTION app.leads(role text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$ SELECT coalesce(role IN ('lead', 'auditor', 'admin'), false) $$;

CREATE FUNCTION app.require_second(needed boolean) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, app, pg_temp AS $$
BEGIN
    IF needed AND NOT app.is_owner() THEN
        RAISE EXCEPTION 'this takes a second administrator' USING ERRCODE = 'WS030';
    END IF;
END $$;

CREATE FUNCTION app.person_of(login text) RETURNS person
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    found_person person;
BEGIN
    SELECT * INTO found_person FROM person p WHERE p.login = person_of.login AND p.active FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such active person' USING ERRCODE = 'WS021';
    END IF;
    RETURN found_person;
END $$;

-- ---- what is done, once it may be ----

CREATE FUNCTION app.do_add_person(login text, name text, role text, team_id uuid, verifier text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    made uuid := gen_random_uuid();
    other text;
    temporary boolean := NOT app.is_owner();
BEGIN
    IF login IS NULL OR login !~ '^[a-z][a-z0-9._-]{1,39}$' OR login ~ '^(pg_|ws_|postgres$|pgbouncer$|public$|none$)' THEN
        RAISE EXCEPTION 'a login is 2 to 40 small letters, digits, dots and dashes' USING ERRCODE = 'WS011';
    END IF;
    IF EXISTS (SELECT FROM person p WHERE p.login = do_add_person.login) THEN
        RAISE EXCEPTION 'this login is taken' USING ERRCODE = 'WS020';
    END IF;
    INSERT INTO person (id, login, name, role, team_id, active)
    VALUES (made, do_add_person.login, do_add_person.name, do_add_person.role, do_add_person.team_id, true);
    IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = do_add_person.login) THEN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 10 PASSWORD %L IN ROLE %I',
                       login, verifier, 'ws_' || role);
    ELSE
        -- Roles are shared by all databases of a server. Only its owner may take up one that another book's
        -- database made, or an administrator of one book could take over the people of another.
        IF NOT app.is_owner()
           OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = login AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls))
        THEN
            RAISE EXCEPTION 'this login is taken' USING ERRCODE = 'WS020';
        END IF;
        FOREACH other IN ARRAY ARRAY['ws_collector', 'ws_field', 'ws_lead', 'ws_auditor', 'ws_admin'] LOOP
            IF other <> 'ws_' || role AND pg_has_role(login, other, 'MEMBER') THEN
                EXECUTE format('REVOKE %I FROM %I', other, login);
            END IF;
        END LOOP;
        EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', login, verifier);
        EXECUTE format('GRANT %I TO %I', 'ws_' || role, login);
    END IF;
    EXECUTE format('ALTER ROLE %I VALID UNTIL %L', login, app.valid_until(temporary));
    PERFORM app.keep_password(made, verifier, temporary, true);
    PERFORM app.log_admin('person_added', login, json_build_object('role', role, 'team', team_id));
    RETURN made;
END $$;

-- A password somebody else has chosen serves for the first sign-in, within a week.
CREATE FUNCTION app.valid_until(temporary boolean) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN temporary THEN (now() + interval '7 days')::text ELSE 'infinity' END
$$;

CREATE FUNCTION app.do_set_password(login text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    temporary boolean := NOT app.is_owner();
    found_person person := app.person_of(login);
BEGIN
    PERFORM app.keep_password(found_person.id, verifier, temporary, true);
    EXECUTE format('ALTER ROLE %I PASSWORD %L VALID UNTIL %L', login, verifier, app.valid_until(temporary));
    PERFORM app.log_admin('password_set', login, '{}');
    PERFORM app.end_sessions(login);
END $$;

CREATE FUNCTION app.do_change_person(login text, role text, team uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    found_person person := app.person_of(login);
    other text;
BEGIN
    IF EXISTS (SELECT FROM cases c WHERE c.assignee_id = found_person.id AND c.closed_on IS NULL
               AND (c.team_id IS DISTINCT FROM do_change_person.team OR do_change_person.role NOT IN ('collector', 'field', 'lead'))) THEN
        RAISE EXCEPTION 'this person still holds cases' USING ERRCODE = 'WS027';
    END IF;
    IF found_person.role = 'lead' AND found_person.team_id IS NOT NULL
       AND (do_change_person.role <> 'lead' OR do_change_person.team IS DISTINCT FROM found_person.team_id) THEN
        INSERT INTO former_team (person_id, team_id) VALUES (found_person.id, found_person.team_id);
    END IF;
    UPDATE person p SET role = do_change_person.role, team_id = do_change_person.team WHERE p.id = found_person.id;
    FOREACH other IN ARRAY ARRAY['ws_collector', 'ws_field', 'ws_lead', 'ws_auditor', 'ws_admin'] LOOP
        IF other <> 'ws_' || do_change_person.role AND pg_has_role(login, other, 'MEMBER') THEN
            EXECUTE format('REVOKE %I FROM %I', other, login);
        END IF;
    END LOOP;
    EXECUTE format('GRANT %I TO %I', 'ws_' || do_change_person.role, login);
    PERFORM app.log_admin('person_changed', login, json_build_object(
        'role', do_change_person.role, 'team', do_change_person.team, 'was_role', found_person.role, 'was_team', found_person.team_id));
    PERFORM app.end_sessions(login);
END $$;

CREATE FUNCTION app.do_restore_person(login text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    UPDATE person p SET active = true WHERE p.login = do_restore_person.login AND NOT p.active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such revoked person' USING ERRCODE = 'WS021';
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN', login);
    PERFORM app.log_admin('person_restored', login, '{}');
    PERFORM app.do_set_password(login, verifier);
END $$;

CREATE FUNCTION app.do_change_policy(wanted json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    UPDATE house_policy SET shortest = (wanted ->> 'shortest')::integer, remembered = (wanted ->> 'remembered')::integer,
        longest_days = (wanted ->> 'longest_days')::integer, new_devices_wait = (wanted ->> 'new_devices_wait')::boolean;
    PERFORM app.log_admin('policy_changed', 'policy', wanted);
END $$;

-- Whether this act raises rights. What an unknown role or person makes of it is said when it is done.
CREATE FUNCTION app.raises(what text, subject text, body json) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    now_role text := (SELECT p.role FROM person p WHERE p.login = subject);
    now_team uuid := (SELECT p.team_id FROM person p WHERE p.login = subject);
BEGIN
    RETURN CASE what
        WHEN 'add_person' THEN app.leads(body ->> 'role')
        WHEN 'set_password' THEN app.leads(now_role)  -- whoever sets it could sign in with it
        WHEN 'restore_person' THEN true
        WHEN 'change_person' THEN app.leads(body ->> 'role')
             AND ((body ->> 'role') IS DISTINCT FROM now_role OR (body ->> 'team')::uuid IS DISTINCT FROM now_team)
        WHEN 'change_policy' THEN (
            SELECT (body ->> 'shortest')::integer < h.shortest OR (body ->> 'remembered')::integer < h.remembered
                OR coalesce((body ->> 'longest_days')::integer, 1000000) > coalesce(h.longest_days, 1000000)
                OR h.new_devices_wait AND NOT (body ->> 'new_devices_wait')::boolean
            FROM house_policy h)
    END;
END $$;

-- ---- what one administrator may do alone ----

CREATE OR REPLACE FUNCTION app.add_person(login text, name text, role text, team_id uuid, verifier text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    PERFORM app.require_verifier(verifier);
    PERFORM app.require_second(app.raises('add_person', login, json_build_object('role', role)));
    RETURN app.do_add_person(login, name, role, team_id, verifier);
END $$;

CREATE OR REPLACE FUNCTION app.set_password(login text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    PERFORM app.require_verifier(verifier);
    PERFORM app.person_of(login);
    PERFORM app.require_second(app.raises('set_password', login, '{}'));
    PERFORM app.do_set_password(login, verifier);
END $$;

CREATE OR REPLACE FUNCTION app.change_person(login text, role text, team uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    IF role IS NULL OR role NOT IN ('collector', 'field', 'lead', 'auditor', 'admin') THEN
        RAISE EXCEPTION 'there is no such role' USING ERRCODE = 'WS011';
    END IF;
    PERFORM app.person_of(login);
    PERFORM app.require_second(app.raises('change_person', login, json_build_object('role', role, 'team', team)));
    PERFORM app.do_change_person(login, role, team);
END $$;

CREATE FUNCTION app.restore_person(login text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    PERFORM app.require_second(true);
    PERFORM app.do_restore_person(login, verifier);
END $$;

CREATE FUNCTION app.change_policy(wanted json) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    PERFORM app.require_second(app.raises('change_policy', 'policy', wanted));
    PERFORM app.do_change_policy(wanted);
END $$;

-- A device that is lost or returned. `erase`: what it holds is to go when it next asks.
DROP FUNCTION app.revoke_device(uuid);
CREATE FUNCTION app.revoke_device(device uuid, erase boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    seat device;
BEGIN
    PERFORM app.require_admin();
    SELECT * INTO seat FROM device d WHERE d.id = revoke_device.device AND d.person_id IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such device' USING ERRCODE = 'WS021';
    END IF;
    IF seat.revoked_at IS NOT NULL AND (NOT erase OR seat.erase_asked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'this was already done' USING ERRCODE = 'WS022',
            DETAIL = coalesce(app.done_by('device_revoked', seat.id::text), '');
    END IF;
    UPDATE device d SET revoked_at = coalesce(d.revoked_at, clock_timestamp()),
        erase_asked_at = CASE WHEN erase THEN clock_timestamp() END WHERE d.id = seat.id;
    PERFORM app.log_admin('device_revoked', seat.id::text, json_build_object('person', seat.person_id, 'erase', erase));
END $$;

CREATE FUNCTION app.approve_device(device uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    UPDATE device d SET waits = false WHERE d.id = approve_device.device AND d.waits AND d.revoked_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such device' USING ERRCODE = 'WS021';
    END IF;
    PERFORM app.log_admin('device_approved', device::text, '{}');
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.restore_person(text, text), app.change_policy(json), app.revoke_device(uuid, boolean),
    app.approve_device(uuid) TO ws_admin;
