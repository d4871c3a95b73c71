-- Reports that people hand in to whoever leads them: the words and figures of a day or a week, as they were then. Nobody
-- changes one; who corrects themselves hands in another. Written and read through two functions only.

CREATE TABLE work_report (
    id uuid PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES person,
    team_id uuid REFERENCES team,
    span text NOT NULL CHECK (span IN ('daily', 'weekly')),
    first_day date NOT NULL,
    words text NOT NULL CHECK (length(words) <= 20000),
    figures json NOT NULL CHECK (json_typeof(figures) = 'object' AND length(figures::text) <= 20000),
    handed_in_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_work_report_first_day ON work_report (first_day, team_id);
CREATE INDEX ix_work_report_person_id ON work_report (person_id, first_day);
ALTER TABLE work_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE work_report FORCE ROW LEVEL SECURITY;
CREATE POLICY owner_works ON work_report TO ws_owner USING (true) WITH CHECK (true);
REVOKE ALL ON TABLE work_report FROM PUBLIC;

-- One's own report; handing in the same one again, as after a broken line, answers when it came.
CREATE FUNCTION app.hand_in_report(report uuid, span text, first_day date, words text, figures json) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me person;
    kept work_report;
BEGIN
    PERFORM app.require_fresh_password();
    SELECT * INTO me FROM person p WHERE p.id = app.person_id();
    IF NOT FOUND OR me.role NOT IN ('collector', 'field', 'lead') THEN
        RAISE EXCEPTION 'only who works on cases reports' USING ERRCODE = '42501';
    END IF;
    IF hand_in_report.first_day > current_date + 1 OR hand_in_report.first_day < '1970-01-01' THEN
        RAISE EXCEPTION 'the day has not begun' USING ERRCODE = 'WS011';
    END IF;
    -- Figures are counts and amounts that every seat can read.
    IF json_typeof(hand_in_report.figures) = 'object' AND length(hand_in_report.figures::text) <= 20000
       AND EXISTS (SELECT FROM json_each(hand_in_report.figures) f
                   WHERE json_typeof(f.value) <> 'number' OR f.value::text !~ '^-?[0-9]{1,18}$') THEN
        RAISE EXCEPTION 'a figure is a whole number' USING ERRCODE = 'WS011';
    END IF;
    -- So many corrections of one day that the reports of others would not be told any more are none.
    PERFORM FROM person p WHERE p.id = me.id FOR NO KEY UPDATE;
    IF (SELECT count(*) FROM work_report r WHERE r.person_id = me.id AND r.span = hand_in_report.span
        AND r.first_day = hand_in_report.first_day AND r.id <> hand_in_report.report) >= 20 THEN
        RAISE EXCEPTION 'a day is reported and corrected twenty times at most' USING ERRCODE = 'WS011';
    END IF;
    BEGIN
        INSERT INTO work_report (id, person_id, team_id, span, first_day, words, figures)
        VALUES (hand_in_report.report, me.id, me.team_id, hand_in_report.span, hand_in_report.first_day,
                hand_in_report.words, hand_in_report.figures)
        ON CONFLICT (id) DO NOTHING;
    EXCEPTION WHEN check_violation OR not_null_violation THEN
        RAISE EXCEPTION 'the report is not whole, or too long' USING ERRCODE = 'WS011';
    END;
    SELECT * INTO kept FROM work_report r WHERE r.id = hand_in_report.report;
    IF kept.person_id <> me.id
       OR (kept.span, kept.first_day, kept.words) IS DISTINCT FROM
          (hand_in_report.span, hand_in_report.first_day, hand_in_report.words) THEN
        RAISE EXCEPTION 'a report with this id is another' USING ERRCODE = 'WS011';
    END IF;
    RETURN kept.handed_in_at;
END $$;

-- Reports of a span that begin in these days, the newest first: one's own; a lead the team's; who watches, all.
CREATE FUNCTION app.reports_handed_in(span text, first date, last date)
RETURNS TABLE (id uuid, person text, first_day date, words text, figures json, handed_in_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT r.id, p.name, r.first_day, r.words, r.figures, r.handed_in_at
    FROM work_report r JOIN person p ON p.id = r.person_id, person me
    WHERE me.id = app.person_id()
      AND r.span = reports_handed_in.span AND r.first_day BETWEEN reports_handed_in.first AND reports_handed_in.last
      AND (r.person_id = me.id OR me.role IN ('auditor', 'admin') OR (me.role = 'lead' AND r.team_id = me.team_id))
    ORDER BY r.handed_in_at DESC, r.id
    LIMIT 500
$$;

REVOKE ALL ON FUNCTION app.hand_in_report(uuid, text, date, text, json), app.reports_handed_in(text, date, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.hand_in_report(uuid, text, date, text, json) TO ws_collector, ws_field, ws_lead;
GRANT EXECUTE ON FUNCTION app.reports_handed_in(text, date, date) TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
