-- What a gateway may ask and say. Whether a message may go out now it asks the contact gate, which is not in the database:
-- it gets what the gate needs of the case without a name, a number, an amount or a word, and the message only when it is
-- claimed, one by one, so that a crash leaves one message of which nobody knows.

CREATE FUNCTION app.require_gateway() RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM gateway g WHERE g.login = session_user AND g.active) THEN
        RAISE EXCEPTION 'only a gateway of this book may do this' USING ERRCODE = '42501';
    END IF;
END $$;

-- Null where PostgreSQL cannot read what JSON allows: a NUL, half a surrogate pair.
CREATE FUNCTION app.readable(body json) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN body::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END $$;

-- The kinds of event the contact gate judges by; those of the second function are all it needs of their bodies.
CREATE FUNCTION app.gate_asks(kind text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT kind IN ('contact', 'message', 'plan_proposed', 'plan_decided', 'dispute', 'complaint', 'hardship',
                    'circumstance', 'point_changed', 'point_added', 'correction')
$$;
CREATE FUNCTION app.gate_reads(body jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN body IS NOT NULL THEN coalesce((
        SELECT jsonb_object_agg(b.key, b.value) FROM jsonb_each(body) b
        WHERE b.key IN ('direction', 'party', 'same_call', 'identity', 'state', 'decision', 'what', 'holds', 'since',
                        'until', 'channel', 'calls', 'point', 'source', 'label', 'time_zone', 'needs_approval',
                        'verdict')), '{}') END
$$;

-- Says once what became of a message: in its row, and as an event of the centre that seats pull.
CREATE FUNCTION app.write_result(message uuid, state text, reference text, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
DECLARE
    m case_event;
BEGIN
    IF reference !~ '^[ -~]{0,200}$' OR reason !~ '^[a-z0-9_]{0,40}$' THEN
        RAISE EXCEPTION 'a reference is short, a reason one word' USING ERRCODE = 'WS011';
    END IF;
    UPDATE message_delivery d
    SET state = write_result.state, reason = write_result.reason, changed_at = clock_timestamp(),
        reference = coalesce(nullif(write_result.reference, ''), d.reference)
    WHERE d.message_id = message;
    SELECT * INTO STRICT m FROM case_event e WHERE e.id = message;
    PERFORM app.write_central_event(m.case_id, 'message_result', m.author, '{' || concat_ws(',',
        '"reason":' || to_json(nullif(reason, ''))::text, '"reference":' || to_json(nullif(reference, ''))::text,
        '"state":' || to_json(state)::text) || '}', m.id);
END $$;

-- Before a gateway looks for work: what was claimed and never heard of again is uncertain after 15 minutes. After a restore
-- seats hand in what became of messages; of those from before it that are still open a day later nobody knows either.
CREATE FUNCTION app.settle_messages() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp SET enable_seqscan = off AS $$
DECLARE
    forgotten_before timestamptz := coalesce((SELECT m.restored_at FROM central_meta m), '-infinity');
    found_open record;
BEGIN
    FOR found_open IN
        SELECT d.message_id, r.id AS result, app.readable(r.body) AS said
        FROM message_delivery d JOIN case_event m ON m.id = d.message_id
        LEFT JOIN LATERAL (
            SELECT e.id, e.body FROM case_event e
            WHERE m.occurred_at + m.offset_ms * interval '1 millisecond' < forgotten_before
              AND e.case_id = m.case_id AND e.kind = 'message_result' AND e.answers = m.id
            ORDER BY e.occurred_at DESC LIMIT 1
        ) r ON true
        WHERE d.state IN ('waiting', 'claimed')
          AND (r.id IS NOT NULL
               OR d.state = 'claimed' AND d.claimed_at < clock_timestamp() - interval '15 minutes'
               OR m.occurred_at + m.offset_ms * interval '1 millisecond' < forgotten_before
                  AND forgotten_before < clock_timestamp() - interval '24 hours')
        FOR UPDATE OF d SKIP LOCKED
    LOOP
        IF found_open.result IS NULL THEN
            PERFORM app.write_result(found_open.message_id, 'failed', '', 'uncertain');
        ELSE
            UPDATE message_delivery d
            SET state = found_open.said ->> 'state', reference = coalesce(found_open.said ->> 'reference', ''),
                reason = coalesce(found_open.said ->> 'reason', ''), changed_at = clock_timestamp()
            WHERE d.message_id = found_open.message_id;
        END IF;
    END LOOP;
END $$;

-- The messages whose time has come, the oldest first, with what the contact gate asks about each case. `party` is empty
-- where the contact point is not one of the case, of the channel's kind; `seen` is for claiming: it says how much was known.
CREATE FUNCTION app.due_messages(channels text[], most integer)
RETURNS TABLE (message uuid, channel text, contact_point uuid, party text, zone text, purpose text, jurisdiction text,
               queued_at timestamptz, closed boolean, attempts integer, seen bigint, events json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    PERFORM app.require_gateway();
    PERFORM app.settle_messages();
    RETURN QUERY
    SELECT m.id, m.channel, m.contact_point, p.party, p.time_zone, coalesce(app.readable(m.body) ->> 'purpose', 'collect'),
           b.jurisdiction, d.queued_at, c.closed_on IS NOT NULL, d.attempts, k.seen, k.events
    FROM (
        SELECT d.message_id, d.attempts, m.occurred_at + m.offset_ms * interval '1 millisecond' AS queued_at
        FROM message_delivery d JOIN case_event m ON m.id = d.message_id
        WHERE d.state = 'waiting' AND d.not_before <= clock_timestamp() AND m.channel = ANY (channels)
          AND m.occurred_at + m.offset_ms * interval '1 millisecond'
              >= coalesce((SELECT meta.restored_at FROM central_meta meta), '-infinity')
        ORDER BY d.not_before, d.message_id LIMIT least(most, 500)
    ) d
    JOIN case_event m ON m.id = d.message_id
    JOIN cases c ON c.id = m.case_id
    JOIN book b ON b.id = c.book_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS seen, json_agg(json_build_object(
            'id', e.id, 'kind', e.kind, 'offset_ms', e.offset_ms, 'contact_point', e.contact_point, 'channel', e.channel,
            'occurred_at', to_char(e.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
            'outcome', e.outcome, 'answers', e.answers, 'body', app.gate_reads(app.readable(e.body)))) AS events
        FROM case_event e WHERE e.case_id = m.case_id AND app.gate_asks(e.kind)
    ) k
    LEFT JOIN LATERAL app.message_point(m) p ON true
    ORDER BY d.queued_at, m.id;
END $$;

-- The contact point of a message: one of the bank's or one learned on the job, of the same case, where its channel leads.
CREATE FUNCTION app.message_point(m case_event) RETURNS TABLE (address text, time_zone text, party text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp SET enable_seqscan = off AS $$
    SELECT x.address, x.time_zone,
           CASE WHEN x.person IS NULL THEN 'debtor'
                WHEN (SELECT r.liable FROM related_person r WHERE r.id::text = x.person AND r.case_id = m.case_id)
                THEN 'guarantor' ELSE 'related' END
    FROM (
        SELECT p.value AS address, p.time_zone, p.related_person_id::text AS person, p.kind
        FROM contact_point p WHERE p.id = m.contact_point AND p.case_id = m.case_id
        UNION ALL
        SELECT a.said ->> 'value', coalesce(a.said ->> 'time_zone', 'Asia/Shanghai'), a.said ->> 'person', a.said ->> 'point'
        FROM (SELECT app.readable(e.body) AS said FROM case_event e
              WHERE e.id = m.contact_point AND e.case_id = m.case_id AND e.kind = 'point_added') a
    ) x
    WHERE x.kind = CASE m.channel WHEN 'sms' THEN 'phone' ELSE m.channel END AND x.address IS NOT NULL
    LIMIT 1
$$;

-- Takes one message to send it now; nothing comes back when another gateway has it, when it has to wait, or when the case
-- is not as it was `seen`: then the gate is asked again. From here on it is never sent twice.
CREATE FUNCTION app.claim_message(message uuid, seen bigint)
RETURNS TABLE (channel text, address text, subject text, text text, attempt integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    m case_event;
BEGIN
    PERFORM app.require_gateway();
    PERFORM FROM message_delivery d
    WHERE d.message_id = claim_message.message AND d.state = 'waiting' AND d.not_before <= clock_timestamp()
    FOR UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    SELECT * INTO STRICT m FROM case_event e WHERE e.id = claim_message.message;
    IF (SELECT count(*) FROM case_event e WHERE e.case_id = m.case_id AND app.gate_asks(e.kind))
       IS DISTINCT FROM claim_message.seen
       OR EXISTS (SELECT FROM cases c WHERE c.id = m.case_id AND c.closed_on IS NOT NULL)
       OR m.occurred_at + m.offset_ms * interval '1 millisecond' < (SELECT meta.restored_at FROM central_meta meta) THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT m.channel, p.address, coalesce(b.said ->> 'subject', ''), b.said ->> 'text', d.attempts + 1
        FROM message_delivery d, app.message_point(m) p, (SELECT app.readable(m.body) AS said) b
        WHERE d.message_id = m.id AND b.said ->> 'text' IS NOT NULL;
    IF FOUND THEN
        UPDATE message_delivery d
        SET state = 'claimed', claimed_at = clock_timestamp(), claimed_by = session_user, attempts = d.attempts + 1,
            changed_at = clock_timestamp()
        WHERE d.message_id = claim_message.message;
    END IF;
END $$;

-- What follows names the attempt: of the one who claimed it, or the last one known of a message that waits. Whoever comes
-- late, while another gateway has claimed it, changes nothing.

-- It waits: for the end of quiet hours, or because it was claimed and nothing of it had left yet.
CREATE FUNCTION app.message_later(message uuid, attempt integer, until timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_gateway();
    UPDATE message_delivery d
    SET state = 'waiting', not_before = until, changed_at = clock_timestamp()
    WHERE d.message_id = message AND d.attempts = attempt AND d.state IN ('waiting', 'claimed') AND until IS NOT NULL;
    RETURN FOUND;
END $$;

-- The three results. Each is written once, whoever says it again; one that was given up as uncertain may still be known.
CREATE FUNCTION app.message_sent(message uuid, attempt integer, reference text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_gateway();
    PERFORM FROM message_delivery d
    WHERE d.message_id = message AND d.attempts = attempt
      AND (d.state = 'claimed' OR d.state = 'failed' AND d.reason = 'uncertain' AND attempt > 0) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM app.write_result(message, 'sent', coalesce(message_sent.reference, ''), '');
    RETURN true;
END $$;

CREATE FUNCTION app.message_delivered(message uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_gateway();
    PERFORM FROM message_delivery d WHERE d.message_id = message AND d.state = 'sent' FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM app.write_result(message, 'delivered', '', '');
    RETURN true;
END $$;

CREATE FUNCTION app.message_failed(message uuid, attempt integer, reason text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_gateway();
    IF coalesce(message_failed.reason, '') = '' THEN
        RAISE EXCEPTION 'a failure has a reason' USING ERRCODE = 'WS011';
    END IF;
    PERFORM FROM message_delivery d
    WHERE d.message_id = message AND d.attempts = attempt AND d.state IN ('waiting', 'claimed', 'sent') FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM app.write_result(message, 'failed', '', message_failed.reason);
    RETURN true;
END $$;

-- Text messages the provider took in the last three days without saying yet whether they arrived; by chance, so that some of
-- which it never says anything do not stand before the others.
CREATE FUNCTION app.unconfirmed_messages(most integer) RETURNS TABLE (message uuid, attempt integer, reference text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_gateway();
    RETURN QUERY
        SELECT d.message_id, d.attempts, d.reference FROM message_delivery d JOIN case_event e ON e.id = d.message_id
        WHERE d.state = 'sent' AND e.channel = 'sms' AND d.changed_at > clock_timestamp() - interval '3 days'
        ORDER BY random() LIMIT least(most, 500);
END $$;

CREATE FUNCTION app.message_status() RETURNS TABLE (state text, reason text, messages bigint, oldest timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_gateway();
    RETURN QUERY
        SELECT d.state, d.reason, count(*), min(d.changed_at) FROM message_delivery d
        GROUP BY d.state, d.reason ORDER BY d.state, d.reason;
END $$;

-- A login that sends. Said again with another password it is the same gateway with that password, also after a revocation.
CREATE FUNCTION app.add_gateway(login text, verifier text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    PERFORM app.require_verifier(verifier);
    IF login IS NULL OR login !~ '^[a-z][a-z0-9._-]{1,39}$' OR login ~ '^(pg_|ws_|postgres$|pgbouncer$|public$|none$)' THEN
        RAISE EXCEPTION 'a login is 2 to 40 small letters, digits, dots and dashes' USING ERRCODE = 'WS011';
    END IF;
    IF EXISTS (SELECT FROM person p WHERE p.login = add_gateway.login) THEN
        RAISE EXCEPTION 'this login is taken' USING ERRCODE = 'WS020';
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = login) THEN
        EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 10 PASSWORD %L IN ROLE ws_gateway',
                       login, verifier);
    ELSE
        -- A role of this server that is not a gateway of this book is another book's, a person's or the server's own.
        -- Only the owner may take up one, and only one that is a gateway and nothing else.
        IF NOT EXISTS (SELECT FROM gateway g WHERE g.login = add_gateway.login) AND NOT pg_has_role(session_user, 'ws_owner', 'USAGE')
           OR EXISTS (SELECT FROM pg_roles r WHERE r.rolname = login AND (r.rolsuper OR r.rolcreaterole OR r.rolbypassrls))
           OR (SELECT array_agg(g.rolname) FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles r ON r.oid = a.member
               WHERE r.rolname = login) IS DISTINCT FROM ARRAY['ws_gateway'::name] THEN
            RAISE EXCEPTION 'this login is taken' USING ERRCODE = 'WS020';
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN PASSWORD %L', login, verifier);
    END IF;
    INSERT INTO gateway (login, active) VALUES (add_gateway.login, true)
    ON CONFLICT ON CONSTRAINT gateway_pkey DO UPDATE SET active = true;
    PERFORM app.log_admin('gateway_added', login, '{}');
END $$;

CREATE FUNCTION app.revoke_gateway(login text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    PERFORM app.require_admin();
    UPDATE gateway g SET active = false WHERE g.login = revoke_gateway.login AND g.active;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'there is no such active gateway' USING ERRCODE = 'WS021';
    END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN', login);
    PERFORM app.log_admin('gateway_revoked', login, '{}');
    PERFORM app.end_sessions(login);
END $$;
