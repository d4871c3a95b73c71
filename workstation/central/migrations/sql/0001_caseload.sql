-- Assignment: the scope follows `cases`, and cases change hands only through app.assign and app.reassign.

CREATE FUNCTION app.open_scope() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    INSERT INTO case_scope (case_id, holder_kind, holder_id)
    SELECT id, 'person', assignee_id FROM now_rows WHERE assignee_id IS NOT NULL
    UNION ALL
    SELECT id, 'team', team_id FROM now_rows WHERE team_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER scope_opens AFTER INSERT ON cases REFERENCING NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION app.open_scope();

CREATE FUNCTION app.move_scope() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    UPDATE case_scope s SET revoked_at = clock_timestamp()
    FROM old_rows o JOIN now_rows n USING (id)
    WHERE s.case_id = n.id AND s.revoked_at IS NULL
      AND s.holder_id IS DISTINCT FROM CASE s.holder_kind WHEN 'person' THEN n.assignee_id ELSE n.team_id END
      AND (o.assignee_id, o.team_id) IS DISTINCT FROM (n.assignee_id, n.team_id);
    INSERT INTO case_scope (case_id, holder_kind, holder_id)
    SELECT n.id, 'person', n.assignee_id FROM old_rows o JOIN now_rows n USING (id)
    WHERE n.assignee_id IS NOT NULL AND n.assignee_id IS DISTINCT FROM o.assignee_id
    UNION ALL
    SELECT n.id, 'team', n.team_id FROM old_rows o JOIN now_rows n USING (id)
    WHERE n.team_id IS NOT NULL AND n.team_id IS DISTINCT FROM o.team_id;
    RETURN NULL;
END $$;
CREATE TRIGGER scope_moves AFTER UPDATE ON cases REFERENCING OLD TABLE AS old_rows NEW TABLE AS now_rows
    FOR EACH STATEMENT EXECUTE FUNCTION app.move_scope();

-- Someone who may hold cases, or an error that says why not. `within`: only of this team.
CREATE FUNCTION app.holder_of_cases(to_person uuid, within uuid) RETURNS person
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    found_person person;
BEGIN
    SELECT * INTO found_person FROM person p WHERE p.id = to_person;
    IF NOT FOUND OR NOT found_person.active OR found_person.role NOT IN ('collector', 'field', 'lead') THEN
        RAISE EXCEPTION 'this person cannot hold cases' USING ERRCODE = 'WS010';
    END IF;
    IF within IS NOT NULL AND found_person.team_id IS DISTINCT FROM within THEN
        RAISE EXCEPTION 'this person is of another team' USING ERRCODE = 'WS010';
    END IF;
    RETURN found_person;
END $$;

CREATE FUNCTION app.require_admin() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF NOT (pg_has_role(session_user, 'ws_owner', 'USAGE') OR coalesce(app.person_role() = 'admin', false)) THEN
        RAISE EXCEPTION 'only an administrator may do this' USING ERRCODE = '42501';
    END IF;
END $$;

-- First assignment of cases nobody holds yet, for the importer; returns how many. Held ones are left to app.reassign.
CREATE FUNCTION app.assign(case_ids uuid[], to_person uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    target person;
    moved bigint;
BEGIN
    PERFORM app.require_admin();
    target := app.holder_of_cases(to_person, NULL);
    UPDATE cases c SET assignee_id = target.id, team_id = target.team_id, version = c.version + 1
    WHERE c.id = ANY (case_ids) AND c.assignee_id IS NULL;
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN moved;
END $$;

-- An event of the centre itself, in its own chain; the caller holds the lock on its device row by this update.
CREATE FUNCTION app.write_central_event(of_case uuid, kind text, author uuid, body text) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    e app.sent_event;
BEGIN
    SELECT d.id, d.chain_head INTO STRICT e.device, e.prev_hash
    FROM device d JOIN central_meta m ON m.epoch = d.id FOR UPDATE OF d;
    e.id := app.uuid7();
    e.case_id := of_case;
    e.kind := kind;
    e.occurred_at := clock_timestamp();
    e.author := author;
    e.body := body;
    e.offset_ms := 0;
    e.hash := app.event_hash(e);
    INSERT INTO case_event (id, case_id, kind, occurred_at, author, device, body, offset_ms, prev_hash, hash)
    VALUES (e.id, e.case_id, e.kind, e.occurred_at, e.author, e.device, e.body::json, e.offset_ms, e.prev_hash, e.hash);
    UPDATE device SET chain_head = e.hash, last_seen_at = e.occurred_at WHERE device.id = e.device;
    RETURN e.occurred_at;
END $$;

CREATE FUNCTION app.reassign(case_ids uuid[], versions integer[], to_person uuid, reason text)
RETURNS TABLE (case_id uuid, done boolean, version integer, decided_by text, decided_at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person;
    within uuid;  -- a lead moves cases inside one team; an administrator anywhere
    target person;
    wanted record;
    held cases;
    mine boolean;
BEGIN
    SELECT * INTO me FROM person p WHERE p.login = session_user AND p.active;
    IF NOT FOUND OR me.role NOT IN ('lead', 'admin') OR (me.role = 'lead' AND me.team_id IS NULL) THEN
        RAISE EXCEPTION 'only a team lead or an administrator may reassign cases' USING ERRCODE = '42501';
    END IF;
    IF cardinality(reassign.case_ids) IS DISTINCT FROM cardinality(reassign.versions) THEN
        RAISE EXCEPTION 'every case needs its version' USING ERRCODE = 'WS011';
    END IF;
    IF length(reassign.reason) > 2000 THEN
        RAISE EXCEPTION 'the reason is longer than 2000 characters' USING ERRCODE = 'WS011';
    END IF;
    within := CASE WHEN me.role = 'lead' THEN me.team_id END;
    IF reassign.to_person IS NOT NULL THEN  -- null gives the case back to the team
        target := app.holder_of_cases(reassign.to_person, within);
    END IF;
    PERFORM FROM cases c WHERE c.id = ANY (reassign.case_ids) ORDER BY c.id FOR UPDATE;
    FOR wanted IN
        SELECT w.id, w.seen FROM unnest(reassign.case_ids, reassign.versions) WITH ORDINALITY AS w (id, seen, n)
        ORDER BY w.n
    LOOP
        case_id := wanted.id;
        done := false;
        version := NULL;
        decided_by := NULL;
        decided_at := NULL;
        SELECT * INTO held FROM cases c WHERE c.id = wanted.id;
        mine := FOUND AND (within IS NULL OR held.team_id IS NOT DISTINCT FROM within);
        IF mine AND held.version = wanted.seen THEN
            done := true;
            version := held.version;
            IF held.assignee_id IS DISTINCT FROM target.id THEN
                UPDATE cases c
                SET assignee_id = target.id, team_id = coalesce(target.team_id, c.team_id), version = c.version + 1
                WHERE c.id = held.id
                RETURNING c.version INTO version;
                decided_at := app.write_central_event(held.id, 'reassigned', me.id,
                    '{"from_person":' || coalesce(to_json(held.assignee_id)::text, 'null')
                    || CASE WHEN coalesce(reassign.reason, '') = '' THEN '' ELSE ',"reason":' || to_json(reassign.reason)::text END
                    || ',"to_person":' || coalesce(to_json(target.id)::text, 'null') || '}');
                decided_by := me.name;
            END IF;
        ELSIF mine OR EXISTS (SELECT FROM case_scope s WHERE s.case_id = wanted.id AND s.holder_id = within) THEN
            IF mine THEN
                version := held.version;
            END IF;
            SELECT p.name, e.occurred_at INTO decided_by, decided_at
            FROM case_event e JOIN person p ON p.id = e.author
            WHERE e.case_id = wanted.id AND e.kind = 'reassigned'
            ORDER BY e.received_at DESC LIMIT 1;
        END IF;
        RETURN NEXT;
    END LOOP;
END $$;
