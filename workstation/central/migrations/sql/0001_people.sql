-- Users and devices. Passwords arrive as SCRAM verifiers, made at the administrator's seat.

CREATE FUNCTION app.require_verifier(verifier text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF verifier IS NULL OR verifier !~ '^SCRAM-SHA-256\$[0-9]+:[A-Za-z0-9+/=]+\$[A-Za-z0-9+/=]+:[A-Za-z0-9+/=]+$' THEN
        RAISE EXCEPTION 'a password is handed over as a SCRAM verifier only' USING ERRCODE = 'WS011';
    END IF;
END $$;

CREATE FUNCTION app.add_team(name text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    made uuid := gen_random_uuid();
BEGIN
    PERFORM app.require_admin();
    INSERT INTO team (id, name) VALUES (made, add_team.name);
    RETURN made;
END $$;

CREATE FUNCTION app.add_person(login text, name text, role text, team_id uuid, verifier text) RETURNS uuid
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
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD %L IN ROLE %I',
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
    RETURN made;
END $$;

CREATE FUNCTION app.set_password(login text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    PERFORM app.require_verifier(verifier);
    IF NOT EXISTS (SELECT FROM person p WHERE p.login = set_password.login AND p.active) THEN
        RAISE EXCEPTION 'there is no such active person' USING ERRCODE = 'WS021';
    END IF;
    EXECUTE format('ALTER ROLE %I PASSWORD %L', login, verifier);
END $$;

-- Ends the right to sign in and every session at once. The cases stay assigned until a lead moves them.
CREATE FUNCTION app.revoke_person(login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    UPDATE person p SET active = false WHERE p.login = revoke_person.login AND p.active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such active person' USING ERRCODE = 'WS021';
    END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN', login);
    PERFORM pg_terminate_backend(a.pid) FROM pg_stat_activity a
    WHERE a.usename = revoke_person.login AND a.pid <> pg_backend_pid();
END $$;

CREATE FUNCTION app.revoke_device(device uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    UPDATE device d SET revoked_at = coalesce(d.revoked_at, clock_timestamp())
    WHERE d.id = revoke_device.device AND d.person_id IS NOT NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such device' USING ERRCODE = 'WS021';
    END IF;
END $$;

-- After a large load the planner needs to know the new sizes; ANALYZE itself is the owner's. Not of an empty table:
-- sessions would keep plans made for no rows.
CREATE FUNCTION app.refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    name text;
    filled boolean;
BEGIN
    PERFORM app.require_admin();
    FOREACH name IN ARRAY ARRAY['cases', 'case_scope', 'debtor', 'account', 'balance_snapshot', 'payment',
                                'related_person', 'contact_point', 'case_event'] LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
        IF filled THEN
            EXECUTE format('ANALYZE %I', name);
        END IF;
    END LOOP;
END $$;
