-- Passwords. The centre sees verifiers only, made where the password is typed; there its length and its words are judged.
-- What the centre itself holds to: the same salt for a person, none of the last ones again, an end, a change that is asked.

CREATE OR REPLACE FUNCTION app.require_verifier(verifier text) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    part text[] := regexp_match(verifier, '^SCRAM-SHA-256\$([0-9]{4,7}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{43}=)$');
BEGIN
    IF part IS NULL OR part[1]::integer < 4096 OR octet_length(decode(part[3], 'base64')) <> 32 THEN
        RAISE EXCEPTION 'a password is handed over as a SCRAM verifier only' USING ERRCODE = 'WS011';
    END IF;
EXCEPTION WHEN invalid_parameter_value THEN
    RAISE EXCEPTION 'a password is handed over as a SCRAM verifier only' USING ERRCODE = 'WS011';
END $$;

-- Keeps what is needed to know this password again. `again`: it may be one that was there before.
CREATE FUNCTION app.keep_password(person uuid, verifier text, temporary boolean, again boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    part text[];
    seen text;
    known credential;
BEGIN
    PERFORM app.require_verifier(verifier);
    part := regexp_match(verifier, '^SCRAM-SHA-256\$([0-9]+:[^$]+)\$([^:]+):');
    seen := encode(sha256(decode(part[2], 'base64')), 'hex');
    INSERT INTO credential (person_id) VALUES (person) ON CONFLICT DO NOTHING;
    SELECT * INTO known FROM credential c WHERE c.person_id = person FOR UPDATE;
    IF known.salt <> part[1] THEN
        RAISE EXCEPTION 'the verifier is made with another salt than this person''s' USING ERRCODE = 'WS011';
    END IF;
    IF NOT again AND EXISTS (
        SELECT FROM (SELECT f.proof FROM former_password f WHERE f.person_id = person ORDER BY f.set_at DESC
                     LIMIT (SELECT h.remembered FROM house_policy h)) last
        WHERE last.proof = seen
    ) THEN
        RAISE EXCEPTION 'this password was used before' USING ERRCODE = 'WS031',
            DETAIL = (SELECT h.remembered::text FROM house_policy h);
    END IF;
    INSERT INTO former_password (person_id, proof) VALUES (person, seen)
    ON CONFLICT (person_id, proof) DO UPDATE SET set_at = clock_timestamp();
    DELETE FROM former_password f WHERE f.person_id = person AND f.proof NOT IN (
        SELECT k.proof FROM former_password k WHERE k.person_id = person ORDER BY k.set_at DESC LIMIT 24);
    UPDATE credential c SET salt = part[1], set_at = clock_timestamp(), must_change = temporary WHERE c.person_id = person;
END $$;

-- How a verifier for this person is made: "iterations:salt", empty for a person without one. No secret: see `credential`.
CREATE FUNCTION app.salt_of(login text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT c.salt FROM credential c JOIN person p ON p.id = c.person_id
    WHERE p.login = salt_of.login
      AND (p.login = session_user OR pg_has_role(session_user, 'ws_owner', 'USAGE') OR app.person_role() = 'admin')
$$;

-- What the one who is signed in has to keep to, said where it is typed.
CREATE FUNCTION app.my_password() RETURNS TABLE (salt text, name text, shortest integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT c.salt, p.name, h.shortest
    FROM person p CROSS JOIN house_policy h LEFT JOIN credential c ON c.person_id = p.id
    WHERE p.login = session_user AND p.active
$$;

-- One's own password, also when nothing else is open any more. Ends one's other sessions: they may be somebody else's.
CREATE FUNCTION app.change_my_password(verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    me person;
BEGIN
    SELECT * INTO me FROM person p WHERE p.login = session_user AND p.active FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    PERFORM app.keep_password(me.id, verifier, false, false);
    EXECUTE format('ALTER ROLE %I PASSWORD %L VALID UNTIL ''infinity''', me.login, verifier);
    PERFORM app.log_admin('password_changed', me.login, '{}');
    PERFORM app.end_sessions(me.login);
END $$;

-- Everybody's, or one person's: nothing but the change is open from the next transaction on. `login` empty: everybody.
CREATE FUNCTION app.force_rotation(login text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    many integer;
BEGIN
    PERFORM app.require_admin();
    PERFORM app.log_admin('rotation_forced', coalesce(login, '*'), '{}');
    INSERT INTO credential (person_id, must_change)
    SELECT p.id, true FROM person p WHERE p.active AND (force_rotation.login IS NULL OR p.login = force_rotation.login)
    ON CONFLICT (person_id) DO UPDATE SET must_change = true;
    GET DIAGNOSTICS many = ROW_COUNT;
    IF many = 0 THEN
        RAISE EXCEPTION 'there is no such active person' USING ERRCODE = 'WS021';
    END IF;
    PERFORM app.end_sessions(p.login) FROM person p
    WHERE p.active AND (force_rotation.login IS NULL OR p.login = force_rotation.login);
    RETURN many;
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.my_password(), app.change_my_password(text), app.salt_of(text)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.force_rotation(text) TO ws_admin;
