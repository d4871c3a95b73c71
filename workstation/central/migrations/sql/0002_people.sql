-- Administration, each act kept in admin_event; who comes second is told who was first.

CREATE OR REPLACE FUNCTION app.add_team(name text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    made uuid := gen_random_uuid();
BEGIN
    PERFORM app.require_admin();
    INSERT INTO team (id, name) VALUES (made, add_team.name);
    PERFORM app.log_admin('team_added', made::text, json_build_object('name', name));
    RETURN made;
END $$;

CREATE OR REPLACE FUNCTION app.add_person(login text, name text, role text, team_id uuid, verifier text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    made uuid := gen_random_uuid();
    other text;
BEGIN
    PERFORM app.require_admin();
    PERFORM app.require_verifier(verifier);
    IF login !~ '^[a-z][a-z0-9._-]{1,39}$' OR login ~ '^(pg_|ws_|postgres$|pgbouncer$|public$|none$)' THEN
        RAISE EXCEPTION 'a login is 2 to 40 small letters, digits, dots and dashes' USING ERRCODE = 'WS011';
    END IF;
    IF EXISTS (SELECT FROM person p WHERE p.login = add_person.login) THEN
        RAISE EXCEPTION 'this login is taken' USING ERRCODE = 'WS020';
    END IF;
    INSERT INTO person (id, login, name, role, team_id, active)
    VALUES (made, add_person.login, add_person.name, add_person.role, add_person.team_id, true);
    IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = add_person.login) THEN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 10 PASSWORD %L IN ROLE %I',
                       login, verifier, 'ws_' || role);
    ELSE
        -- Roles are shared by all databases of a server. Only its owner may take up one that another book's
        -- database made, or an administrator of one book could take over the people of another.
        IF NOT pg_has_role(session_user, 'ws_owner', 'USAGE')
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
    PERFORM app.log_admin('person_added', login, json_build_object('role', role, 'team', team_id));
    RETURN made;
END $$;

CREATE OR REPLACE FUNCTION app.set_password(login text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    PERFORM app.require_verifier(verifier);
    IF NOT EXISTS (SELECT FROM person p WHERE p.login = set_password.login AND p.active) THEN
        RAISE EXCEPTION 'there is no such active person' USING ERRCODE = 'WS021';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', login, verifier);
    PERFORM app.log_admin('password_set', login, '{}');
END $$;

-- Ends the right to sign in and every session at once. The cases stay assigned until a lead moves them.
CREATE OR REPLACE FUNCTION app.revoke_person(login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    found_person person;
BEGIN
    PERFORM app.require_admin();
    SELECT * INTO found_person FROM person p WHERE p.login = revoke_person.login FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such active person' USING ERRCODE = 'WS021';
    END IF;
    IF NOT found_person.active THEN
        RAISE EXCEPTION 'this was already done' USING ERRCODE = 'WS022', DETAIL = coalesce(app.done_by('person_revoked', login), '');
    END IF;
    UPDATE person p SET active = false WHERE p.id = found_person.id;
    EXECUTE format('ALTER ROLE %I NOLOGIN', login);
    PERFORM app.log_admin('person_revoked', login, '{}');
    PERFORM app.end_sessions(login);
END $$;

CREATE FUNCTION app.end_sessions(login text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a
    WHERE a.usename = end_sessions.login AND a.pid <> pg_backend_pid()
$$;

CREATE OR REPLACE FUNCTION app.revoke_device(device uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    seat device;
BEGIN
    PERFORM app.require_admin();
    SELECT * INTO seat FROM device d WHERE d.id = revoke_device.device AND d.person_id IS NOT NULL FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such device' USING ERRCODE = 'WS021';
    END IF;
    IF seat.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'this was already done' USING ERRCODE = 'WS022',
            DETAIL = coalesce(app.done_by('device_revoked', seat.id::text), '');
    END IF;
    UPDATE device d SET revoked_at = clock_timestamp() WHERE d.id = seat.id;
    PERFORM app.log_admin('device_revoked', seat.id::text, json_build_object('person', seat.person_id));
END $$;

-- One load of a book at a time. Not an advisory lock, which anybody could take and keep.
CREATE FUNCTION app.one_load() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    LOCK TABLE app.migrating IN SHARE ROW EXCLUSIVE MODE;
END $$;

-- Another role or team. Open cases are handed over first: they belong to the team that works them.
CREATE FUNCTION app.change_person(login text, role text, team uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    found_person person;
    other text;
BEGIN
    PERFORM app.require_admin();
    IF role IS NULL OR role NOT IN ('collector', 'field', 'lead', 'auditor', 'admin') THEN
        RAISE EXCEPTION 'there is no such role' USING ERRCODE = 'WS011';
    END IF;
    SELECT * INTO found_person FROM person p WHERE p.login = change_person.login AND p.active FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such active person' USING ERRCODE = 'WS021';
    END IF;
    IF EXISTS (SELECT FROM cases c WHERE c.assignee_id = found_person.id AND c.closed_on IS NULL
               AND (c.team_id IS DISTINCT FROM change_person.team OR change_person.role NOT IN ('collector', 'field', 'lead'))) THEN
        RAISE EXCEPTION 'this person still holds cases' USING ERRCODE = 'WS027';
    END IF;
    IF found_person.role = 'lead' AND found_person.team_id IS NOT NULL
       AND (change_person.role <> 'lead' OR change_person.team IS DISTINCT FROM found_person.team_id) THEN
        INSERT INTO former_team (person_id, team_id) VALUES (found_person.id, found_person.team_id);
    END IF;
    UPDATE person p SET role = change_person.role, team_id = change_person.team WHERE p.id = found_person.id;
    FOREACH other IN ARRAY ARRAY['ws_collector', 'ws_field', 'ws_lead', 'ws_auditor', 'ws_admin'] LOOP
        IF other <> 'ws_' || change_person.role AND pg_has_role(login, other, 'MEMBER') THEN
            EXECUTE format('REVOKE %I FROM %I', other, login);
        END IF;
    END LOOP;
    EXECUTE format('GRANT %I TO %I', 'ws_' || change_person.role, login);
    PERFORM app.log_admin('person_changed', login, json_build_object(
        'role', change_person.role, 'team', change_person.team, 'was_role', found_person.role, 'was_team', found_person.team_id));
    PERFORM app.end_sessions(login);
END $$;
