-- Who saw, changed, exported and printed what, and when: asked of the events and of the acts of administration.

-- Asked by person, by time, and for what was seen or taken only; by case there is an index already.
CREATE INDEX ix_case_event_author_at ON case_event (author, occurred_at DESC, id DESC);
CREATE INDEX ix_case_event_at ON case_event (occurred_at DESC, id DESC);
CREATE INDEX ix_case_event_access ON case_event (occurred_at DESC, id DESC) WHERE kind IN ('reveal', 'taken_out');
CREATE INDEX ix_admin_event_at ON admin_event (at DESC, id DESC);

-- A page of records, the newest first, before the place given. An auditor and an administrator are told of everybody, a
-- lead of the people of the own team, everybody else of themselves; of cases that have left them too.
-- `asked`: person, case, number, kinds (saw, took, changed, admin), from, until; each may be left out.
CREATE FUNCTION app.audit(asked json, before_at timestamptz, before_id uuid, most integer)
RETURNS TABLE (source text, id uuid, place timestamptz, at timestamptz, received_at timestamptz, kind text,
               author uuid, author_name text, author_role text, device uuid, device_name text, case_id uuid,
               number text, channel text, outcome text, body text, prev_hash text, hash text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me uuid := app.person_id();
    role text := app.person_role();
    everybody boolean := role IN ('auditor', 'admin');
    whom uuid[];  -- null: everybody
    kinds text[] := (SELECT array_agg(k) FROM json_array_elements_text(asked -> 'kinds') k);
    wanted uuid := (asked ->> 'case')::uuid;
    since timestamptz := (asked ->> 'from')::timestamptz;
    until timestamptz := (asked ->> 'until')::timestamptz;
    events text := 'true';
    acts text := 'true';
    bound integer := least(greatest(coalesce(most, 100), 1), 20001);
BEGIN
    IF me IS NULL THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    IF coalesce(asked ->> 'number', '') <> '' THEN
        SELECT c.id INTO wanted FROM cases c WHERE reverse(c.number) = reverse(asked ->> 'number');
        IF NOT FOUND THEN
            RETURN;  -- the same answer as for a case without a record of whom one may ask about
        END IF;
    END IF;
    IF role = 'lead' THEN
        SELECT array_agg(p.id) INTO whom FROM person p
        WHERE p.id = me OR p.team_id = (SELECT l.team_id FROM person l WHERE l.id = me);
    ELSIF NOT everybody THEN
        whom := ARRAY[me];
    END IF;
    IF asked ->> 'person' IS NOT NULL THEN
        IF whom IS NOT NULL AND NOT (asked ->> 'person')::uuid = ANY (whom) THEN
            RETURN;
        END IF;
        whom := ARRAY[(asked ->> 'person')::uuid];
    END IF;
    IF whom IS NOT NULL THEN
        events := events || format(' AND e.author = ANY (%L::uuid[])', whom);
        acts := acts || format(' AND e.actor = ANY (%L::uuid[])', whom);
    END IF;
    IF wanted IS NOT NULL THEN
        events := events || format(' AND e.case_id = %L', wanted);
        acts := 'false';  -- what an administrator does is about no case
    END IF;
    IF since IS NOT NULL THEN
        events := events || format(' AND e.occurred_at >= %L', since);
        acts := acts || format(' AND e.at >= %L', since);
    END IF;
    IF until IS NOT NULL THEN
        events := events || format(' AND e.occurred_at < %L', until);
        acts := acts || format(' AND e.at < %L', until);
    END IF;
    IF before_at IS NOT NULL THEN
        events := events || format(' AND (e.occurred_at, e.id) < (%L, %L)', before_at, before_id);
        acts := acts || format(' AND (e.at, e.id) < (%L, %L)', before_at, before_id);
    END IF;
    IF kinds IS NOT NULL THEN
        IF NOT 'admin' = ANY (kinds) THEN
            acts := 'false';
        END IF;
        IF NOT 'changed' = ANY (kinds) THEN
            events := events || ' AND e.kind IN (''reveal'', ''taken_out'')';
        END IF;
        IF NOT 'saw' = ANY (kinds) THEN
            events := events || ' AND e.kind <> ''reveal''';
        END IF;
        IF NOT 'took' = ANY (kinds) THEN
            events := events || ' AND e.kind <> ''taken_out''';
        END IF;
    END IF;
    IF NOT everybody THEN
        acts := 'false';
    END IF;
    RETURN QUERY EXECUTE format($query$
        SELECT f.source, f.id, f.place, f.at, f.received_at, f.kind, f.author, coalesce(p.name, f.login), p.role, f.device,
               d.name, f.case_id, c.number, f.channel, f.outcome, f.body, f.prev_hash, f.hash
        FROM (
            (SELECT 'event' AS source, e.id, e.occurred_at AS place,
                    e.occurred_at + e.offset_ms * interval '1 millisecond' AS at, e.received_at, e.kind, e.author,
                    '' AS login, e.device, e.case_id, e.channel, e.outcome,
                    CASE WHEN e.kind IN ('reveal', 'taken_out') THEN e.body::text END AS body, e.prev_hash, e.hash
             FROM case_event e WHERE %s ORDER BY e.occurred_at DESC, e.id DESC LIMIT %s)
            UNION ALL
            (SELECT 'admin', e.id, e.at, e.at, e.at, e.what, e.actor, e.login, NULL::uuid, NULL::uuid, NULL, e.subject,
                    e.body::text, e.prev_hash, e.hash
             FROM admin_event e WHERE %s ORDER BY e.at DESC, e.id DESC LIMIT %s)
        ) f
        LEFT JOIN person p ON p.id = f.author
        LEFT JOIN device d ON d.id = f.device
        LEFT JOIN cases c ON c.id = f.case_id
        ORDER BY f.place DESC, f.id DESC LIMIT %s
        $query$, events, bound, acts, bound, bound);
END $$;

-- An extract of the audit was taken: an act of administration, recorded before the file is written.
CREATE FUNCTION app.audit_took(asked json, records integer, digest text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF app.person_id() IS NULL THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    IF records IS NULL OR records < 0 OR coalesce(digest, '') !~ '^[0-9a-f]{64}$' OR length(asked::text) > 4000 THEN
        RAISE EXCEPTION 'an extract is recorded with its filter, its size and its SHA-256' USING ERRCODE = 'WS011';
    END IF;
    PERFORM app.log_admin('audit_exported', digest, json_build_object('asked', asked, 'records', records));
END $$;

REVOKE ALL ON FUNCTION app.audit(json, timestamptz, uuid, integer), app.audit_took(json, integer, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.audit(json, timestamptz, uuid, integer)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.audit_took(json, integer, text) TO ws_lead, ws_auditor, ws_admin;
