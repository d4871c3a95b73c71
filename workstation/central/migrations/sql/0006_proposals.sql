-- Four eyes: what one administrator proposes and another approves. Both, and what was done, stand in the chained record.

CREATE FUNCTION app.propose(what text, subject text, body json, verifier text, reason text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    made uuid := app.uuid7();
BEGIN
    PERFORM app.require_admin();
    IF app.person_id() IS NULL THEN
        RAISE EXCEPTION 'only an administrator with a name of their own proposes' USING ERRCODE = '42501';
    END IF;
    PERFORM app.require_reason(reason);
    IF coalesce(reason, '') = '' THEN
        RAISE EXCEPTION 'a reason is needed' USING ERRCODE = 'WS011';
    END IF;
    IF what IN ('add_person', 'restore_person', 'set_password') THEN
        PERFORM app.require_verifier(verifier);
    END IF;
    IF what = 'add_person' AND NOT app.leads(body ->> 'role') OR what = 'change_person' AND (body ->> 'role') IS NULL THEN
        RAISE EXCEPTION 'there is no such role' USING ERRCODE = 'WS011';
    END IF;
    PERFORM app.raises(what, subject, body), (body ->> 'team')::uuid;  -- what cannot be read is refused now
    INSERT INTO admin_proposal (id, what, subject, body, reason, proposed_by)
    VALUES (made, propose.what, propose.subject, coalesce(propose.body, '{}'), propose.reason, app.person_id());
    IF what IN ('add_person', 'restore_person', 'set_password') THEN
        INSERT INTO proposal_secret VALUES (made, propose.verifier);
    END IF;
    PERFORM app.log_admin('proposed', subject, json_build_object('proposal', made, 'what', what, 'asked', body, 'reason', reason));
    RETURN made;
END $$;

-- The proposal, locked, still to be decided; what can no longer be decided is refused.
CREATE FUNCTION app.open_proposal(proposal uuid) RETURNS admin_proposal
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    asked admin_proposal;
BEGIN
    PERFORM app.require_admin();
    SELECT * INTO asked FROM admin_proposal a WHERE a.id = proposal FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such proposal' USING ERRCODE = 'WS021';
    END IF;
    IF asked.decision IS NOT NULL THEN
        RAISE EXCEPTION 'this was already done' USING ERRCODE = 'WS022', DETAIL = (
            SELECT p.name || to_char(asked.decided_at AT TIME ZONE 'UTC', ' YYYY-MM-DD HH24:MI "UTC"')
            FROM person p WHERE p.id = asked.decided_by);
    END IF;
    IF asked.expires_at < clock_timestamp() THEN
        RAISE EXCEPTION 'this proposal has expired' USING ERRCODE = 'WS032';
    END IF;
    RETURN asked;
END $$;

CREATE FUNCTION app.close_proposal(asked admin_proposal, decision text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    DELETE FROM proposal_secret s WHERE s.proposal = asked.id;
    UPDATE admin_proposal a SET decision = close_proposal.decision, decided_by = app.person_id(), decided_at = clock_timestamp()
    WHERE a.id = asked.id;
    PERFORM app.log_admin(decision, asked.subject,
                          json_build_object('proposal', asked.id, 'what', asked.what, 'proposed_by', asked.proposed_by));
END $$;

-- Done at once, or not at all. Nobody approves what they proposed, nor what is about themselves: a second session is
-- still the same person, and whoever was raised by the proposer alone cannot be.
CREATE FUNCTION app.approve(proposal uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    asked admin_proposal := app.open_proposal(proposal);
    verifier text := (SELECT s.verifier FROM proposal_secret s WHERE s.proposal = asked.id);
BEGIN
    IF app.person_id() IS NULL OR app.person_id() = asked.proposed_by OR session_user = asked.subject THEN
        RAISE EXCEPTION 'another administrator approves this' USING ERRCODE = 'WS033';
    END IF;
    IF NOT EXISTS (SELECT FROM person p WHERE p.id = asked.proposed_by AND p.active AND p.role = 'admin') THEN
        RAISE EXCEPTION 'who proposed this is no administrator any more' USING ERRCODE = 'WS032';
    END IF;
    CASE asked.what
        WHEN 'add_person' THEN
            PERFORM app.do_add_person(asked.subject, asked.body ->> 'name', asked.body ->> 'role', (asked.body ->> 'team')::uuid, verifier);
        WHEN 'change_person' THEN
            PERFORM app.do_change_person(asked.subject, asked.body ->> 'role', (asked.body ->> 'team')::uuid);
        WHEN 'restore_person' THEN
            PERFORM app.do_restore_person(asked.subject, verifier);
        WHEN 'set_password' THEN
            PERFORM app.do_set_password(asked.subject, verifier);
        WHEN 'change_policy' THEN
            PERFORM app.do_change_policy(asked.body);
    END CASE;
    PERFORM app.close_proposal(asked, 'approved');
    RETURN asked.what;
END $$;

-- Not done: by another administrator, or taken back by who asked for it.
CREATE FUNCTION app.reject(proposal uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    asked admin_proposal := app.open_proposal(proposal);
BEGIN
    IF app.person_id() IS NULL THEN
        RAISE EXCEPTION 'only an administrator with a name of their own decides' USING ERRCODE = '42501';
    END IF;
    PERFORM app.close_proposal(asked, CASE WHEN app.person_id() = asked.proposed_by THEN 'withdrawn' ELSE 'rejected' END);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.propose(text, text, json, text, text), app.approve(uuid), app.reject(uuid) TO ws_admin;
