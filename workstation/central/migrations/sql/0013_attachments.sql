-- Photos and signatures of visits: bytes that an event names by their hash. The event is in its device's chain, so nobody
-- can put another photo in its place; whoever has the case may hand in what is missing.

CREATE TABLE attachment (
    case_id uuid NOT NULL REFERENCES cases,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    event_id uuid NOT NULL REFERENCES case_event,  -- the one that named it when it was offered last
    author uuid NOT NULL REFERENCES person,  -- of that event
    device uuid NOT NULL REFERENCES device,
    media text NOT NULL CHECK (media ~ '^[a-z]+/[a-z0-9.+-]+$' AND octet_length(media) <= 60),
    size integer NOT NULL CHECK (size BETWEEN 1 AND 10485760),
    received integer NOT NULL DEFAULT 0 CHECK (received BETWEEN 0 AND size),  -- bytes here, from the first on
    handed_by uuid NOT NULL REFERENCES person,
    offered_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,  -- whole, and its hash compared
    PRIMARY KEY (case_id, sha256)
);
CREATE INDEX ix_attachment_handed_by ON attachment (handed_by, offered_at);
CREATE INDEX ix_attachment_event_id ON attachment (event_id);

-- Read through the function alone.
CREATE TABLE attachment_chunk (
    case_id uuid NOT NULL,
    sha256 text NOT NULL,
    start integer NOT NULL,
    data bytea NOT NULL CHECK (octet_length(data) BETWEEN 1 AND 262144),
    PRIMARY KEY (case_id, sha256, start),
    FOREIGN KEY (case_id, sha256) REFERENCES attachment
);
ALTER TABLE attachment_chunk ALTER data SET STORAGE EXTERNAL;  -- photos are compressed already

-- What is whole stays as it is, for the owner too.
CREATE FUNCTION app.refuse_piece() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM attachment a
               WHERE a.case_id = OLD.case_id AND a.sha256 = OLD.sha256 AND a.finished_at IS NOT NULL) THEN
        RAISE EXCEPTION 'attachments are never changed or deleted' USING ERRCODE = 'WS012';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_whole BEFORE UPDATE OR DELETE ON attachment
    FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER keep_all BEFORE TRUNCATE ON attachment FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER keep_whole BEFORE DELETE ON attachment_chunk FOR EACH ROW EXECUTE FUNCTION app.refuse_piece();
CREATE TRIGGER keep_all BEFORE UPDATE OR TRUNCATE ON attachment_chunk
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['attachment', 'attachment_chunk'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY owner_works ON %I TO ws_owner USING (true) WITH CHECK (true)', name);
    END LOOP;
END $$;
GRANT SELECT ON attachment TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
CREATE POLICY all_read ON attachment FOR SELECT TO ws_auditor, ws_admin
    USING ((SELECT app.person_role()) IN ('auditor', 'admin'));
CREATE POLICY assigned_read ON attachment FOR SELECT USING (case_id = ANY ((SELECT app.my_cases())::uuid[]));

CREATE FUNCTION app.holds_case(case_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT EXISTS (SELECT FROM case_scope s WHERE s.case_id = holds_case.case_id
                   AND s.holder_id = ANY ((SELECT app.holders())::uuid[]) AND s.revoked_at IS NULL)
$$;

-- The event that names these bytes, when the caller may hand them in: they have the case, or wrote it themselves and
-- it came within thirty days. While a restored centre gathers what it forgot, however long ago.
CREATE FUNCTION app.names_attachment(event uuid, sha256 text) RETURNS case_event
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
    SELECT e FROM case_event e
    WHERE e.id = names_attachment.event AND strpos(e.body::text, '"' || names_attachment.sha256 || '"') > 0
      AND (app.holds_case(e.case_id)
           OR e.author = app.person_id()
              AND (e.received_at > clock_timestamp() - interval '30 days'
                   OR EXISTS (SELECT FROM central_meta m WHERE m.recover_until > clock_timestamp())))
$$;

-- What a seat wants to hand in, at most a hundred: [{event, sha256, size, media}]. For each in its place, how many bytes
-- are here already and whether that is all; or why it is not taken. What somebody may not see is told like what is not there.
CREATE FUNCTION app.offer_attachments(offered json)
RETURNS TABLE (place integer, received integer, whole boolean, reason text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me uuid := app.person_id();
    today bigint;
    one record;
    e case_event;
    a attachment;
BEGIN
    PERFORM app.require_fresh_password();
    IF me IS NULL THEN
        RAISE EXCEPTION 'this person is not active here' USING ERRCODE = 'WS003';
    END IF;
    IF json_typeof(offered) IS DISTINCT FROM 'array' OR json_array_length(offered) > 100 THEN
        RAISE EXCEPTION 'at most 100 attachments' USING ERRCODE = 'WS011';
    END IF;
    SELECT coalesce(sum(h.size::bigint), 0) INTO today FROM attachment h
    WHERE h.handed_by = me AND h.offered_at > clock_timestamp() - interval '1 day';
    FOR one IN
        SELECT o.n::integer - 1 AS n, o.value ->> 'event' AS event, o.value ->> 'sha256' AS sha256,
               o.value ->> 'size' AS size, o.value ->> 'media' AS media
        FROM json_array_elements(offered) WITH ORDINALITY o (value, n)
    LOOP
        place := one.n;
        received := 0;
        whole := false;
        reason := NULL;
        IF (one.event ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' AND one.sha256 ~ '^[0-9a-f]{64}$'
            AND one.size ~ '^[1-9][0-9]{0,8}$' AND one.media ~ '^[a-z]+/[a-z0-9.+-]+$'
            AND octet_length(one.media) <= 60) IS NOT TRUE THEN
            reason := 'malformed';
            RETURN NEXT;
            CONTINUE;
        END IF;
        e := app.names_attachment(one.event::uuid, one.sha256);
        IF e.id IS NULL THEN
            reason := 'not_named';
            RETURN NEXT;
            CONTINUE;
        END IF;
        IF one.size::integer > 10485760 THEN
            reason := 'too_large';
            RETURN NEXT;
            CONTINUE;
        END IF;
        SELECT * INTO a FROM attachment k WHERE k.case_id = e.case_id AND k.sha256 = one.sha256 FOR NO KEY UPDATE;
        IF NOT FOUND THEN
            IF today + one.size::bigint > 2147483648  -- two gigabytes a day
               OR (SELECT count(*) FROM attachment k WHERE k.event_id = e.id) >= 64 THEN
                reason := 'too_much';
                RETURN NEXT;
                CONTINUE;
            END IF;
            today := today + one.size::bigint;
            INSERT INTO attachment AS k (case_id, sha256, event_id, author, device, media, size, handed_by)
            VALUES (e.case_id, one.sha256, e.id, e.author, e.device, one.media, one.size::integer, me)
            ON CONFLICT DO NOTHING;
            SELECT * INTO a FROM attachment k WHERE k.case_id = e.case_id AND k.sha256 = one.sha256 FOR NO KEY UPDATE;
        ELSIF a.finished_at IS NULL AND (a.event_id <> e.id OR a.size <> one.size::integer OR a.handed_by <> me) THEN
            -- From now on this one hands it in. Who named another size begins from the first byte: the hash decides.
            IF a.size <> one.size::integer THEN
                DELETE FROM attachment_chunk c WHERE c.case_id = a.case_id AND c.sha256 = a.sha256;
                a.received := 0;
            END IF;
            UPDATE attachment k SET event_id = e.id, author = e.author, device = e.device, handed_by = me,
                                    size = one.size::integer, received = a.received
            WHERE k.case_id = a.case_id AND k.sha256 = a.sha256;
        END IF;
        received := a.received;
        whole := a.finished_at IS NOT NULL;
        RETURN NEXT;
    END LOOP;
END $$;

-- The attachment, locked, when the caller may hand it in.
CREATE FUNCTION app.open_attachment(case_id uuid, sha256 text) RETURNS attachment
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    a attachment;
    e case_event;
BEGIN
    PERFORM app.require_fresh_password();
    SELECT * INTO a FROM attachment k WHERE k.case_id = open_attachment.case_id AND k.sha256 = open_attachment.sha256
    FOR NO KEY UPDATE;
    e := app.names_attachment(a.event_id, a.sha256);
    IF e.id IS NULL THEN
        RAISE EXCEPTION 'there is no such attachment' USING ERRCODE = 'WS034';
    END IF;
    RETURN a;
END $$;

-- The next bytes; returns how many are here now. What is here already is passed over, so that a chunk may come twice; one
-- that leaves a gap or reaches beyond the end is refused.
CREATE FUNCTION app.put_chunk(case_id uuid, sha256 text, start integer, data bytea) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    a attachment := app.open_attachment(put_chunk.case_id, put_chunk.sha256);
BEGIN
    IF (octet_length(data) BETWEEN 1 AND 262144 AND put_chunk.start >= 0
        AND put_chunk.start::bigint + octet_length(data) <= a.size) IS NOT TRUE THEN
        RAISE EXCEPTION 'a chunk has 1 to 262144 bytes, inside the attachment' USING ERRCODE = 'WS011';
    END IF;
    IF put_chunk.start > a.received THEN
        RAISE EXCEPTION 'a chunk before this one is missing' USING ERRCODE = 'WS011';
    END IF;
    IF put_chunk.start < a.received THEN
        RETURN a.received;
    END IF;
    INSERT INTO attachment_chunk VALUES (a.case_id, a.sha256, put_chunk.start, put_chunk.data);
    UPDATE attachment k SET received = a.received + octet_length(put_chunk.data)
    WHERE k.case_id = a.case_id AND k.sha256 = a.sha256;
    RETURN a.received + octet_length(put_chunk.data);
END $$;

-- Is it what it says? `whole`: its hash was compared. `different`: what came is thrown away. `incomplete`: bytes are missing.
CREATE FUNCTION app.finish_attachment(case_id uuid, sha256 text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    a attachment := app.open_attachment(finish_attachment.case_id, finish_attachment.sha256);
    digest text;
BEGIN
    IF a.finished_at IS NOT NULL THEN
        RETURN 'whole';
    END IF;
    IF a.received < a.size THEN
        RETURN 'incomplete';
    END IF;
    SELECT encode(pg_catalog.sha256(string_agg(c.data, ''::bytea ORDER BY c.start)), 'hex') INTO digest
    FROM attachment_chunk c WHERE c.case_id = a.case_id AND c.sha256 = a.sha256;
    IF digest IS DISTINCT FROM a.sha256 THEN
        DELETE FROM attachment_chunk c WHERE c.case_id = a.case_id AND c.sha256 = a.sha256;
        UPDATE attachment k SET received = 0 WHERE k.case_id = a.case_id AND k.sha256 = a.sha256;
        RETURN 'different';
    END IF;
    UPDATE attachment k SET finished_at = clock_timestamp() WHERE k.case_id = a.case_id AND k.sha256 = a.sha256;
    RETURN 'whole';
END $$;

-- Bytes of a whole attachment, for whoever sees the case; at most 262144 at once.
CREATE FUNCTION app.read_chunk(case_id uuid, sha256 text, start integer, length integer) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    upto integer;
    first integer;
    bytes bytea;
BEGIN
    PERFORM app.require_fresh_password();
    SELECT a.size INTO upto FROM attachment a
    WHERE a.case_id = read_chunk.case_id AND a.sha256 = read_chunk.sha256 AND a.finished_at IS NOT NULL
      AND (app.holds_case(a.case_id) OR app.person_role() IN ('auditor', 'admin'));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such attachment' USING ERRCODE = 'WS034';
    END IF;
    IF (read_chunk.start >= 0 AND read_chunk.start < upto AND read_chunk.length BETWEEN 1 AND 262144) IS NOT TRUE THEN
        RAISE EXCEPTION 'from 1 to 262144 bytes, inside the attachment' USING ERRCODE = 'WS011';
    END IF;
    upto := least(upto, read_chunk.start + read_chunk.length);
    SELECT max(c.start) INTO first FROM attachment_chunk c
    WHERE c.case_id = read_chunk.case_id AND c.sha256 = read_chunk.sha256 AND c.start <= read_chunk.start;
    SELECT string_agg(c.data, ''::bytea ORDER BY c.start) INTO bytes FROM attachment_chunk c
    WHERE c.case_id = read_chunk.case_id AND c.sha256 = read_chunk.sha256 AND c.start >= first AND c.start < upto;
    RETURN substr(bytes, read_chunk.start - first + 1, upto - read_chunk.start);
END $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA app FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.offer_attachments(json), app.put_chunk(uuid, text, integer, bytea),
    app.finish_attachment(uuid, text), app.read_chunk(uuid, text, integer, integer)
    TO ws_collector, ws_field, ws_lead, ws_auditor, ws_admin;
