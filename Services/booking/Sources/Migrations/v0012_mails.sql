-- The mail that says a booking is confirmed, with its tickets.

-- What its owner reads: 'fr' or 'en'. NULL for what was confirmed before.
ALTER TABLE bookings ADD COLUMN language TEXT;

-- One for each booking that is confirmed. To whom it goes is asked when it goes, and kept nowhere.
CREATE TABLE mails (
    booking_id INTEGER PRIMARY KEY REFERENCES bookings (id),
    language TEXT NOT NULL,
    -- 'dropped': there is nothing to say any more. 'failed': it was given up.
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dropped', 'failed')),
    -- Begun, whether or not they were seen to end.
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    -- Why the last attempt did not do; never an address.
    last_error TEXT
) STRICT;

CREATE INDEX mails_waiting ON mails (next_at) WHERE state = 'waiting';
CREATE INDEX mails_failed ON mails (booking_id) WHERE state = 'failed';

-- What was confirmed before gets none.
INSERT INTO followers (name, sequence)
VALUES ('mail', coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0));
