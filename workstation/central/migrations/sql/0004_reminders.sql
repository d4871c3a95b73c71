-- One reminder of one promise, whoever queued another meanwhile: two devices, or the seats before and after a hand-over.
-- The first to arrive waits to be sent. A second is kept in the history, where it belongs, and is never sent; so is one
-- that comes after the first was taken back.

ALTER TABLE message_delivery ADD COLUMN reminds uuid;  -- what the message answers; empty: it reminds of nothing
CREATE UNIQUE INDEX ix_message_delivery_reminds ON message_delivery (reminds);

-- Filled here and not by whoever inserts: `push_events` says ON CONFLICT DO NOTHING, which the index makes true of this too.
CREATE FUNCTION app.note_reminder() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, app, pg_temp AS $$
BEGIN
    NEW.reminds := (SELECT e.answers FROM case_event e WHERE e.id = NEW.message_id AND e.kind = 'message');
    RETURN NEW;
END $$;
CREATE TRIGGER note_reminder BEFORE INSERT ON message_delivery FOR EACH ROW EXECUTE FUNCTION app.note_reminder();
REVOKE ALL ON FUNCTION app.note_reminder() FROM PUBLIC;
