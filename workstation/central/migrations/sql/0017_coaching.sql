-- Coaching: a lead reviews a contact of their team. The collector reads and acknowledges their own; nothing is changed.

CREATE TABLE coaching_review (
    id uuid PRIMARY KEY,
    collector_id uuid NOT NULL REFERENCES person,
    lead_id uuid NOT NULL REFERENCES person CHECK (lead_id <> collector_id),
    case_id uuid NOT NULL REFERENCES cases,
    contact_id uuid NOT NULL REFERENCES case_event,
    form text NOT NULL CHECK (length(form) BETWEEN 1 AND 100),  -- id@version of the form
    points json NOT NULL,
    fatal text[] NOT NULL,
    score integer NOT NULL CHECK (score BETWEEN 0 AND 1000),  -- thousandths
    note text NOT NULL CHECK (length(note) BETWEEN 1 AND 4000),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    acknowledged_at timestamptz,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    CONSTRAINT uq_coaching_review_contact UNIQUE (contact_id, lead_id)
);
CREATE INDEX ix_coaching_review_collector_id ON coaching_review (collector_id, made_at);
CREATE TRIGGER stamp_xid BEFORE UPDATE ON coaching_review FOR EACH ROW EXECUTE FUNCTION app.stamp_xid();
ALTER TABLE coaching_review ENABLE ROW LEVEL SECURITY;
ALTER TABLE coaching_review FORCE ROW LEVEL SECURITY;
GRANT SELECT ON coaching_review TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
CREATE POLICY owner_works ON coaching_review TO ws_owner USING (true) WITH CHECK (true);
CREATE POLICY all_read ON coaching_review FOR SELECT TO ws_auditor, ws_admin
    USING ((SELECT app.person_role()) IN ('auditor', 'admin'));
CREATE POLICY own_read ON coaching_review FOR SELECT
    USING (collector_id = (SELECT app.person_id()) OR lead_id = (SELECT app.person_id()));
CREATE POLICY team_read ON coaching_review FOR SELECT TO ws_lead
    USING (collector_id IN (SELECT p.id FROM person p WHERE p.team_id = (
        SELECT me.team_id FROM person me WHERE me.id = (SELECT app.person_id()) AND me.role = 'lead')));

-- Whose contact it was stands in the record: a lead of that person's team reviews it, once.
CREATE FUNCTION app.coach(contact uuid, form text, points json, fatal text[], score integer, note text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    me person := app.require_lead();
    seen case_event;
    made uuid := app.uuid7();
BEGIN
    IF me.role <> 'lead' THEN
        RAISE EXCEPTION 'a team lead coaches' USING ERRCODE = '42501';
    END IF;
    IF length(btrim(coalesce(coach.note, ''))) NOT BETWEEN 1 AND 4000 OR coach.score IS NULL OR coach.points IS NULL
       OR coach.score NOT BETWEEN 0 AND 1000 OR (length(coach.form) BETWEEN 1 AND 100) IS NOT TRUE
       OR json_typeof(coach.points) <> 'object' OR length(coach.points::text) > 4000 THEN
        RAISE EXCEPTION 'a review has points, a score and a note' USING ERRCODE = 'WS011';
    END IF;
    PERFORM app.require_list(coach.fatal, 50);
    IF EXISTS (SELECT FROM json_each(coach.points) p WHERE json_typeof(p.value) <> 'number' OR p.value::text !~ '^[0-9]{1,4}$') THEN
        RAISE EXCEPTION 'points are whole numbers, by line' USING ERRCODE = 'WS011';
    END IF;
    SELECT e.* INTO seen FROM case_event e JOIN person p ON p.id = e.author
    WHERE e.id = coach.contact AND e.kind = 'contact' AND p.team_id = me.team_id
      AND e.case_id = ANY (app.my_cases());
    IF seen.id IS NULL THEN
        RAISE EXCEPTION 'there is no such contact in your team' USING ERRCODE = 'WS021';
    END IF;
    IF seen.author = me.id THEN
        RAISE EXCEPTION 'nobody reviews themselves' USING ERRCODE = 'WS025';
    END IF;
    IF EXISTS (SELECT FROM coaching_review r WHERE r.contact_id = seen.id AND r.lead_id = me.id) THEN
        RAISE EXCEPTION 'you have reviewed this contact already' USING ERRCODE = 'WS022';
    END IF;
    INSERT INTO coaching_review (id, collector_id, lead_id, case_id, contact_id, form, points, fatal, score, note)
    VALUES (made, seen.author, me.id, seen.case_id, seen.id, coach.form, coach.points, coalesce(coach.fatal, '{}'),
            coach.score, btrim(coalesce(coach.note, '')));
    PERFORM app.log_admin('coached', (SELECT p.login FROM person p WHERE p.id = seen.author),
                          json_build_object('review', made, 'contact', seen.id, 'score', coach.score));
    RETURN made;
END $$;

-- The collector has read it; once.
CREATE FUNCTION app.acknowledge_review(review uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    UPDATE coaching_review r SET acknowledged_at = clock_timestamp()
    WHERE r.id = acknowledge_review.review AND r.collector_id = app.person_id() AND r.acknowledged_at IS NULL;
    IF NOT FOUND AND NOT EXISTS (SELECT FROM coaching_review r
                                 WHERE r.id = acknowledge_review.review AND r.collector_id = app.person_id()) THEN
        RAISE EXCEPTION 'there is no such note to you' USING ERRCODE = 'WS021';
    END IF;
END $$;

REVOKE ALL ON FUNCTION app.coach(uuid, text, json, text[], integer, text), app.acknowledge_review(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.coach(uuid, text, json, text[], integer, text) TO ws_lead;
GRANT EXECUTE ON FUNCTION app.acknowledge_review(uuid) TO ws_collector, ws_field, ws_lead;
