-- Letters by e-mail: the message names a letter on record, and the gateway makes its PDF again from what that says and
-- compares the hash. A gateway that cannot do so is not given such a message: it asks for none.

CREATE OR REPLACE FUNCTION app.due_messages(channels text[], most integer)
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
          -- 'letter' beside the channels: this gateway attaches letters.
          AND ('letter' = ANY (channels) OR app.readable(m.body) ->> 'letter' IS NULL)
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

-- The letter that goes with a message this gateway has claimed, as it was recorded: to make its bytes again. It has to be
-- one of the same case that was not taken back. Nothing comes back for a message without a letter; `missing` says that
-- it names one that is not there.
CREATE FUNCTION app.letter_of_message(message uuid, attempt integer)
RETURNS TABLE (missing boolean, version text, sha256 text, context json)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
    m case_event;
    wanted text;
BEGIN
    PERFORM app.require_gateway();
    SELECT e.* INTO m FROM message_delivery d JOIN case_event e ON e.id = d.message_id
    WHERE d.message_id = letter_of_message.message AND d.state = 'claimed' AND d.claimed_by = session_user
      AND d.attempts = letter_of_message.attempt;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'this message is not in this gateway''s hands' USING ERRCODE = 'WS021';
    END IF;
    wanted := app.readable(m.body) ->> 'letter';
    IF coalesce(wanted, '') = '' THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT false, l.body ->> 'version', l.body ->> 'sha256', l.body -> 'context'
        FROM case_event l
        WHERE l.id::text = wanted AND l.case_id = m.case_id AND l.kind = 'letter' AND app.readable(l.body) IS NOT NULL
          AND NOT EXISTS (SELECT FROM case_event x
                          WHERE x.case_id = l.case_id AND x.kind = 'correction' AND x.answers = l.id
                            AND NOT EXISTS (SELECT FROM case_event u WHERE u.case_id = l.case_id
                                            AND u.kind = 'correction' AND u.answers = x.id));
    IF NOT FOUND THEN
        RETURN QUERY SELECT true, NULL::text, NULL::text, NULL::json;
    END IF;
END $$;
REVOKE ALL ON FUNCTION app.letter_of_message(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.letter_of_message(uuid, integer) TO ws_gateway;
