-- What a team's lead plans with: how much each person can take, what they can do, when they are away, and how their seats
-- stand. Read by the team's lead and by those who watch; changed through one function.

CREATE TABLE staffing (
    id uuid PRIMARY KEY REFERENCES person,
    capacity integer NOT NULL DEFAULT 100 CHECK (capacity BETWEEN 0 AND 200),  -- per cent of a full desk
    most_cases integer CHECK (most_cases BETWEEN 0 AND 100000),  -- empty: no limit
    languages json NOT NULL DEFAULT '[]',  -- lists of texts; empty: no limit
    regions json NOT NULL DEFAULT '[]',
    stages json NOT NULL DEFAULT '[]',
    legal boolean NOT NULL DEFAULT false,
    leave_from date,
    leave_until date,
    cover_id uuid REFERENCES person,
    version integer NOT NULL DEFAULT 1,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CHECK ((leave_from IS NULL) = (leave_until IS NULL) AND leave_until >= leave_from),
    CHECK (leave_from >= '1970-01-01' AND leave_until <= '9000-01-01'),  -- days that seats can read
    CHECK (cover_id IS NULL OR (cover_id <> id AND leave_from IS NOT NULL))
);
CREATE INDEX ix_staffing_xid ON staffing (xid);
CREATE TRIGGER stamp_xid BEFORE UPDATE ON staffing FOR EACH ROW EXECUTE FUNCTION app.stamp_xid();

-- What a lead may know of a device. Apart from `device`, whose rows change with every greeting: a pull would bring them all.
CREATE TABLE device_seen (
    id uuid PRIMARY KEY REFERENCES device,
    person_id uuid NOT NULL REFERENCES person,
    name text NOT NULL,
    last_seen_at timestamptz NOT NULL,
    waiting_events integer NOT NULL,
    waiting_attachments integer NOT NULL,
    revoked_at timestamptz,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_device_seen_xid ON device_seen (xid);
CREATE INDEX ix_device_seen_person_id ON device_seen (person_id);
CREATE TRIGGER stamp_xid BEFORE UPDATE ON device_seen FOR EACH ROW EXECUTE FUNCTION app.stamp_xid();

ALTER TABLE device ADD waiting_attachments integer NOT NULL DEFAULT 0;

INSERT INTO staffing (id) SELECT p.id FROM person p WHERE p.role IN ('collector', 'field', 'lead');
UPDATE staffing s SET leave_from = l.begun_at::date, leave_until = greatest(l.until_day, l.begun_at::date), cover_id = l.cover_id
FROM leave_cover l WHERE l.person_id = s.id AND l.ended_at IS NULL AND l.cover_id <> s.id;
INSERT INTO device_seen (id, person_id, name, last_seen_at, waiting_events, waiting_attachments, revoked_at)
SELECT d.id, d.person_id, d.name, d.last_seen_at, d.waiting_events, 0, d.revoked_at FROM device d WHERE d.person_id IS NOT NULL;

DO $$
DECLARE
    name text;
    whose text;
    my_team CONSTANT text := '(SELECT me.team_id FROM person me WHERE me.id = (SELECT app.person_id()) AND me.role = ''lead'')';
BEGIN
    FOREACH name IN ARRAY ARRAY['staffing', 'device_seen'] LOOP
        whose := CASE name WHEN 'staffing' THEN 'id' ELSE 'person_id' END;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
        EXECUTE format('GRANT SELECT ON %I TO ws_lead, ws_auditor, ws_admin', name);
        EXECUTE format('CREATE POLICY all_read ON %I FOR SELECT TO ws_auditor, ws_admin '
                       'USING ((SELECT app.person_role()) IN (''auditor'', ''admin''))', name);
        EXECUTE format('CREATE POLICY team_read ON %I FOR SELECT TO ws_lead '
                       'USING (%I IN (SELECT p.id FROM person p WHERE p.team_id = %s))', name, whose, my_team);
    END LOOP;
END $$;

-- Whoever can hold cases is planned with; who changes team is news to the new one's lead, as are their seats.
CREATE FUNCTION app.keep_staffing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF NEW.role IN ('collector', 'field', 'lead') THEN
        INSERT INTO staffing AS s (id) VALUES (NEW.id) ON CONFLICT (id) DO UPDATE SET version = s.version;
        UPDATE device_seen d SET name = d.name WHERE d.person_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_staffing AFTER INSERT OR UPDATE OF role, team_id ON person
    FOR EACH ROW EXECUTE FUNCTION app.keep_staffing();

-- A leave whose cases were given to a cover is the leave that is planned with, and ends with it.
CREATE FUNCTION app.keep_leave() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF NEW.ended_at IS NULL THEN
        UPDATE staffing s SET leave_from = CASE WHEN s.leave_until >= current_date THEN least(s.leave_from, current_date)
                                                ELSE current_date END,
                              leave_until = NEW.until_day, cover_id = NEW.cover_id, version = s.version + 1
        WHERE s.id = NEW.person_id;
    ELSIF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL THEN
        UPDATE staffing s SET leave_from = NULL, leave_until = NULL, cover_id = NULL, version = s.version + 1
        WHERE s.id = NEW.person_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_leave AFTER INSERT OR UPDATE ON leave_cover FOR EACH ROW EXECUTE FUNCTION app.keep_leave();

-- Told when something changed that a lead acts on, and otherwise once a minute.
CREATE FUNCTION app.keep_device_seen() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    INSERT INTO device_seen AS s (id, person_id, name, last_seen_at, waiting_events, waiting_attachments, revoked_at)
    VALUES (NEW.id, NEW.person_id, NEW.name, NEW.last_seen_at, NEW.waiting_events, NEW.waiting_attachments, NEW.revoked_at)
    ON CONFLICT (id) DO UPDATE SET name = excluded.name, last_seen_at = excluded.last_seen_at,
        waiting_events = excluded.waiting_events, waiting_attachments = excluded.waiting_attachments,
        revoked_at = excluded.revoked_at
    WHERE (s.name, s.waiting_events, s.waiting_attachments, s.revoked_at)
              IS DISTINCT FROM (excluded.name, excluded.waiting_events, excluded.waiting_attachments, excluded.revoked_at)
       OR excluded.last_seen_at >= s.last_seen_at + interval '1 minute';
    RETURN NULL;
END $$;
CREATE TRIGGER keep_device_seen
    AFTER INSERT OR UPDATE OF name, last_seen_at, waiting_events, waiting_attachments, revoked_at ON device
    FOR EACH ROW WHEN (NEW.person_id IS NOT NULL) EXECUTE FUNCTION app.keep_device_seen();

-- As before, with how many photographs and papers wait beside the events.
CREATE FUNCTION app.report_seat(device uuid, waiting integer, applied xid8, attachments integer) RETURNS xid8
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    UPDATE device d SET waiting_attachments = greatest(report_seat.attachments, 0)
    WHERE d.id = report_seat.device AND d.person_id = app.person_id()
      AND d.waiting_attachments <> greatest(report_seat.attachments, 0);
    SELECT app.report_seat(report_seat.device, report_seat.waiting, report_seat.applied)
$$;

-- A list of short texts, or WS011.
CREATE FUNCTION app.require_list(list text[], most integer) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cardinality(list) > most OR array_position(list, NULL) IS NOT NULL
       OR EXISTS (SELECT FROM unnest(list) one WHERE length(one) NOT BETWEEN 1 AND 60) THEN
        RAISE EXCEPTION 'a list has few and short entries' USING ERRCODE = 'WS011';
    END IF;
END $$;

-- A person's place in the plan, whole, by a lead of the team or an administrator, for the version seen; else who was first.
CREATE FUNCTION app.set_staffing(person uuid, seen integer, staffing json)
RETURNS TABLE (done boolean, version integer, decided_by text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person := app.require_lead();
    of_whom person;
    cover person;
    held staffing;
    given record;
BEGIN
    SELECT * INTO of_whom FROM person p
    WHERE p.id = set_staffing.person AND p.active AND p.role IN ('collector', 'field', 'lead')
      AND (me.role = 'admin' OR p.team_id = me.team_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such person in your team' USING ERRCODE = 'WS021';
    END IF;
    IF json_typeof(set_staffing.staffing) IS DISTINCT FROM 'object' OR length(set_staffing.staffing::text) > 8000 THEN
        RAISE EXCEPTION 'a place in the plan is an object' USING ERRCODE = 'WS011';
    END IF;
    BEGIN
        SELECT * INTO given FROM json_to_record(set_staffing.staffing) AS g (
            capacity integer, most_cases integer, languages text[], regions text[], stages text[], legal boolean,
            leave_from date, leave_until date, cover_id uuid);
    EXCEPTION WHEN data_exception THEN
        RAISE EXCEPTION 'a place in the plan cannot be read' USING ERRCODE = 'WS011';
    END;
    PERFORM app.require_list(given.languages, 20), app.require_list(given.regions, 40), app.require_list(given.stages, 8);
    IF given.capacity IS NULL OR given.legal IS NULL
       OR NOT coalesce(given.stages, '{}') <@ ARRAY['M0', 'M1', 'M2', 'M3', 'M4', 'M5', 'M6', 'M7+'] THEN
        RAISE EXCEPTION 'a place in the plan is not whole' USING ERRCODE = 'WS011';
    END IF;
    IF given.cover_id IS NOT NULL THEN
        cover := app.holder_of_cases(given.cover_id, of_whom.team_id);
    END IF;
    SELECT * INTO held FROM staffing s WHERE s.id = of_whom.id FOR UPDATE;
    version := held.version;
    IF held.version IS DISTINCT FROM set_staffing.seen THEN
        done := false;
        decided_by := app.done_by('staffing_set', of_whom.login);
        RETURN NEXT;
        RETURN;
    END IF;
    BEGIN
        UPDATE staffing s SET capacity = given.capacity, most_cases = given.most_cases,
            languages = to_json(coalesce(given.languages, '{}')), regions = to_json(coalesce(given.regions, '{}')),
            stages = to_json(coalesce(given.stages, '{}')), legal = given.legal, leave_from = given.leave_from,
            leave_until = given.leave_until, cover_id = cover.id, version = s.version + 1
        WHERE s.id = of_whom.id RETURNING s.version INTO version;
    EXCEPTION WHEN check_violation OR data_exception THEN
        RAISE EXCEPTION 'a place in the plan is not possible' USING ERRCODE = 'WS011';
    END;
    done := true;
    decided_by := me.name;
    PERFORM app.log_admin('staffing_set', of_whom.login, json_build_object('was', to_jsonb(held) - 'xid', 'now', set_staffing.staffing));
    RETURN NEXT;
END $$;

REVOKE ALL ON FUNCTION app.keep_staffing(), app.keep_leave(), app.keep_device_seen(), app.require_list(text[], integer),
    app.report_seat(uuid, integer, xid8, integer), app.set_staffing(uuid, integer, json) FROM PUBLIC;
REVOKE ALL ON TABLE staffing, device_seen FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.report_seat(uuid, integer, xid8, integer) TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
GRANT EXECUTE ON FUNCTION app.set_staffing(uuid, integer, json) TO ws_lead, ws_admin;
