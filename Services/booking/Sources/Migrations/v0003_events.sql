-- What happened, in order, for whoever follows it; sessions that are closed; and what staff did, by whom and why.

-- When it was noted that a booking had run out; from then on it is over whatever the clock says.
ALTER TABLE bookings ADD COLUMN expired_at INTEGER;

-- When staff gave a sold booking back.
ALTER TABLE bookings ADD COLUMN refunded_at INTEGER;

CREATE INDEX bookings_open ON bookings (closes_at)
WHERE confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL;

CREATE INDEX bookings_open_by_session ON bookings (session_id, closes_at)
WHERE confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL;

-- What a user has open, and has in one session, is counted each time he takes more.
CREATE INDEX bookings_open_by_user ON bookings (user_id, closes_at)
WHERE confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL;

CREATE INDEX bookings_by_user_and_session ON bookings (user_id, session_id);

DROP INDEX reservations_held;
CREATE INDEX reservations_held ON reservations (session_id) WHERE state = 'held';

-- Written in the transaction that made it happen. A number is never given twice, so a follower takes each event once by
-- remembering the last one it has taken.
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL CHECK (type IN (
        'booking.opened', 'seats.reserved', 'booking.confirmed', 'booking.cancelled', 'booking.expired',
        'booking.refunded', 'session.changed')),
    session_id INTEGER NOT NULL,
    booking_id INTEGER,
    -- Of the booking, after the event.
    seats INTEGER NOT NULL,
    -- Of the session, after the event.
    free INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL
) STRICT;

-- How far each follower has come.
CREATE TABLE followers (
    name TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Sessions that take no more bookings: catalog is about to delete them, or has. Not all of them were ever met here.
CREATE TABLE closed_sessions (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    closed_at INTEGER NOT NULL
) STRICT;

-- Rows are only ever added.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    actor_id INTEGER NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('cancel', 'refund')),
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    reason TEXT NOT NULL,
    status_before TEXT NOT NULL,
    status_after TEXT NOT NULL,
    occurred_at INTEGER NOT NULL
) STRICT;

CREATE INDEX audit_by_booking ON audit (booking_id);

CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;

-- What is sold can be given back, by staff; nothing else that is settled changes.
DROP TRIGGER reservations_settled;
CREATE TRIGGER reservations_settled BEFORE UPDATE ON reservations
WHEN NEW.booking_id <> OLD.booking_id OR NEW.session_id <> OLD.session_id OR OLD.state = 'released'
    OR (OLD.state = 'sold' AND (NEW.state <> 'released' OR NEW.seats <> OLD.seats))
BEGIN
    SELECT RAISE(ABORT, 'a settled reservation does not change');
END;

CREATE INDEX bookings_by_created ON bookings (created_at);
