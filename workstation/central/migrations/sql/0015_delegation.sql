-- Authority lent: whose it is, what it shows, how it begins and ends. What was lent cannot be lent on.

-- The teams over which leads have lent their authority to whoever is signed in, as of now. A collector's ends with their
-- place in the lender's team, and rests while they are in another.
CREATE FUNCTION app.lenders() RETURNS TABLE (team uuid, lender uuid)
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT l.team_id, l.id
    FROM delegation d JOIN person l ON l.id = d.from_person JOIN person me ON me.id = d.to_person
    WHERE me.login = session_user AND me.active AND me.role IN ('collector', 'field', 'lead')
      AND l.active AND l.role = 'lead' AND l.team_id IS NOT NULL AND (me.role = 'lead' OR me.team_id = l.team_id)
      AND d.ended_at IS NULL AND d.from_at <= now() AND now() < d.until_at
$$;

CREATE OR REPLACE FUNCTION app.holders() RETURNS uuid[]
LANGUAGE sql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT CASE WHEN role = 'lead' AND team_id IS NOT NULL THEN ARRAY[id, team_id] ELSE ARRAY[id] END
           || coalesce((SELECT array_agg(DISTINCT l.team) FROM app.lenders() l), '{}')
    FROM person WHERE login = session_user AND active AND role IN ('collector', 'field', 'lead') AND NOT app.must_change()
$$;

-- Whoever is signed in and may decide about a case of this team, and by whose authority: their own, or a lent one.
CREATE FUNCTION app.authority_over(team uuid, OUT me person, OUT authority uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_fresh_password();
    SELECT * INTO me FROM person p WHERE p.login = session_user AND p.active;
    IF me.role = 'admin' OR me.role = 'lead' AND me.team_id = authority_over.team THEN
        authority := me.id;
    ELSE
        SELECT l.lender INTO authority FROM app.lenders() l WHERE l.team = authority_over.team ORDER BY l.lender LIMIT 1;
    END IF;
    IF me.id IS NULL OR authority IS NULL AND me.role IS DISTINCT FROM 'lead' AND NOT EXISTS (SELECT FROM app.lenders()) THEN
        RAISE EXCEPTION 'only a team lead or an administrator may do this' USING ERRCODE = '42501';
    END IF;
END $$;

CREATE FUNCTION app.delegate(to_person uuid, from_at timestamptz, until_at timestamptz, reason text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    me person := app.require_lead();
    target person;
    made uuid := app.uuid7();
    begins timestamptz := greatest(coalesce(delegate.from_at, now()), now());
BEGIN
    PERFORM app.require_reason(delegate.reason);
    IF me.role <> 'lead' THEN
        RAISE EXCEPTION 'only the authority of a lead is lent' USING ERRCODE = '42501';
    END IF;
    IF coalesce(delegate.reason, '') = '' OR delegate.until_at IS NULL OR delegate.until_at <= begins
       OR delegate.until_at > begins + interval '92 days' OR begins > now() + interval '1 year' THEN
        RAISE EXCEPTION 'authority is lent with a reason, from a time until a later one, for three months at most'
            USING ERRCODE = 'WS011';
    END IF;
    PERFORM FROM person p WHERE p.id = me.id FOR UPDATE;  -- one at a time
    SELECT * INTO target FROM person p WHERE p.id = delegate.to_person AND p.active;
    IF target.id IS NULL OR target.id = me.id
       OR NOT (target.role = 'lead' OR target.role IN ('collector', 'field') AND target.team_id = me.team_id) THEN
        RAISE EXCEPTION 'authority goes to another lead, or to somebody of the own team' USING ERRCODE = 'WS050';
    END IF;
    IF EXISTS (SELECT FROM delegation d WHERE d.from_person = me.id AND d.ended_at IS NULL
               AND d.until_at > begins AND d.from_at < delegate.until_at) THEN
        RAISE EXCEPTION 'this authority is lent for that time already' USING ERRCODE = 'WS022',
            DETAIL = app.done_by('delegated', me.login);
    END IF;
    INSERT INTO delegation (id, from_person, to_person, from_at, until_at, reason)
    VALUES (made, me.id, target.id, begins, delegate.until_at, delegate.reason);
    PERFORM app.log_admin('delegated', me.login, json_build_object(
        'delegation', made, 'to', target.id, 'from_at', begins, 'until_at', delegate.until_at, 'reason', delegate.reason));
    RETURN made;
END $$;

-- Taken back by who lent it, given back by who was lent it, or ended by an administrator.
CREATE FUNCTION app.end_delegation(delegation uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    lent delegation;
BEGIN
    SELECT * INTO lent FROM delegation d WHERE d.id = end_delegation.delegation FOR UPDATE;
    IF lent.id IS NULL OR NOT (app.person_id() IN (lent.from_person, lent.to_person) OR app.person_role() = 'admin') THEN
        RAISE EXCEPTION 'there is no such authority of yours' USING ERRCODE = 'WS021';
    END IF;
    IF lent.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'this has ended already' USING ERRCODE = 'WS022', DETAIL = (
            SELECT p.name || to_char(lent.ended_at AT TIME ZONE 'UTC', ' YYYY-MM-DD HH24:MI "UTC"')
            FROM person p WHERE p.id = lent.ended_by);
    END IF;
    UPDATE delegation d SET ended_at = clock_timestamp(), ended_by = app.person_id() WHERE d.id = lent.id;
    PERFORM app.log_admin('delegation_ended', (SELECT p.login FROM person p WHERE p.id = lent.from_person),
                          json_build_object('delegation', lent.id, 'to', lent.to_person));
END $$;

REVOKE ALL ON FUNCTION app.lenders(), app.authority_over(uuid), app.delegate(uuid, timestamptz, timestamptz, text),
    app.end_delegation(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.lenders(), app.end_delegation(uuid) TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.delegate(uuid, timestamptz, timestamptz, text) TO ws_lead;
