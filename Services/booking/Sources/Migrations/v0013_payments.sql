-- Payments through a provider, what is still to be done at it, and what it told. And seats that are given back one by
-- one.

CREATE TABLE payments (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    -- The booking's total when it began, in the currency's smallest unit; `currency` is of ISO 4217.
    amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL,
    -- The provider's name for what the customer pays with.
    method TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'authorizing', 'action_required', 'authorized', 'captured', 'declined', 'voiding', 'voided')),
    -- The provider's name for it, once known.
    intent TEXT,
    -- While the customer has something to do.
    client_secret TEXT,
    -- Why it was declined.
    reason TEXT,
    created_at INTEGER NOT NULL,
    -- When the booking was confirmed by it.
    confirmed_at INTEGER,
    CONSTRAINT held_by_name CHECK (state NOT IN ('action_required', 'authorized', 'captured') OR intent IS NOT NULL),
    CONSTRAINT held_for_a_booking CHECK (state <> 'authorized' OR confirmed_at IS NOT NULL)
) STRICT;

CREATE INDEX payments_by_booking ON payments (booking_id);

-- One at a time that is under way or has paid.
CREATE UNIQUE INDEX payments_live ON payments (booking_id)
WHERE state IN ('authorizing', 'action_required', 'authorized') OR (state = 'captured' AND confirmed_at IS NOT NULL);

-- What is to be done at the provider, a payment's in order; done once the provider says so.
CREATE TABLE payment_jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    -- `settle`: finds out what became of a payment whose booking ran out.
    kind TEXT NOT NULL CHECK (kind IN ('settle', 'capture', 'void', 'refund')),
    amount INTEGER CHECK (amount > 0),
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    -- Under one key the provider gives one answer: after one that says nothing another key is needed.
    round INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    CONSTRAINT refunds_an_amount CHECK ((kind = 'refund') = (amount IS NOT NULL))
) STRICT;

CREATE INDEX payment_jobs_waiting ON payment_jobs (next_at) WHERE state = 'waiting';
CREATE INDEX payment_jobs_by_payment ON payment_jobs (payment_id, id);

-- What the provider told, each once. Old ones go.
CREATE TABLE payment_events (
    id TEXT PRIMARY KEY,
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    type TEXT NOT NULL,
    told_at INTEGER NOT NULL
) STRICT;

CREATE INDEX payment_events_by_age ON payment_events (told_at);

-- Some of a booking's seats may be given back: another kind of event. SQLite changes no CHECK: the table is made anew,
-- with its numbers.
CREATE TABLE moved_events AS SELECT * FROM events;
CREATE TABLE moved_sequence AS SELECT seq FROM sqlite_sequence WHERE name = 'events';
DROP TABLE events;
CREATE TABLE events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL CHECK (type IN (
        'booking.opened', 'seats.reserved', 'booking.confirmed', 'booking.cancelled', 'booking.expired',
        'booking.refunded', 'seats.refunded', 'session.changed')),
    session_id INTEGER NOT NULL,
    booking_id INTEGER,
    -- Of the booking, after the event.
    seats INTEGER NOT NULL,
    -- Of the session, after the event.
    free INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL
) STRICT;
INSERT INTO events SELECT * FROM moved_events;
DELETE FROM sqlite_sequence WHERE name = 'events';
INSERT INTO sqlite_sequence (name, seq) SELECT 'events', seq FROM moved_sequence;
DROP TABLE moved_events;
DROP TABLE moved_sequence;

-- What the service did by itself has no actor.
CREATE TABLE moved_audit AS SELECT * FROM audit;
DROP TABLE audit;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    actor_id INTEGER,
    action TEXT NOT NULL CHECK (action IN ('cancel', 'refund')),
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    reason TEXT NOT NULL,
    status_before TEXT NOT NULL,
    status_after TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    seats_before INTEGER NOT NULL DEFAULT 0,
    seats_after INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO audit (id, actor_id, action, booking_id, reason, status_before, status_after, occurred_at, seats_before,
    seats_after)
SELECT id, actor_id, action, booking_id, reason, status_before, status_after, occurred_at, seats_before, seats_after
FROM moved_audit;
DROP TABLE moved_audit;
CREATE INDEX audit_by_booking ON audit (booking_id);
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;

-- What is sold may shrink, to as many seats as it has good tickets.
DROP TRIGGER reservations_settled;
CREATE TRIGGER reservations_settled BEFORE UPDATE ON reservations
WHEN NEW.booking_id <> OLD.booking_id OR NEW.session_id <> OLD.session_id OR OLD.state = 'released'
    OR (OLD.state = 'sold' AND NEW.state = 'held') OR (OLD.state = 'sold' AND NEW.seats > OLD.seats)
    OR (OLD.state = 'sold' AND NEW.state = 'released' AND NEW.seats <> OLD.seats)
BEGIN
    SELECT RAISE(ABORT, 'a settled reservation does not change');
END;

CREATE TRIGGER reservations_ticketed BEFORE UPDATE OF seats ON reservations
WHEN OLD.state = 'sold' AND NEW.seats <> OLD.seats AND NEW.seats <> (
    SELECT count(*) FROM tickets
    WHERE session_id = NEW.session_id AND booking_id = NEW.booking_id AND refunded_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'sold seats are given back with their tickets');
END;

-- A seat of what is sold is free again when its ticket is given back.
DROP TRIGGER seat_holders_kept;
CREATE TRIGGER seat_holders_kept BEFORE DELETE ON seat_holders
WHEN EXISTS (SELECT 1 FROM reservations r WHERE r.id = OLD.reservation_id AND r.state = 'sold' AND NOT EXISTS (
    SELECT 1 FROM tickets t WHERE t.session_id = r.session_id AND t.booking_id = r.booking_id
        AND t.seat_id = OLD.seat_id AND t.refunded_at IS NOT NULL))
BEGIN
    SELECT RAISE(ABORT, 'a settled reservation does not change');
END;

-- And what is left of it has exactly its seats still.
CREATE TRIGGER reservations_seated_still BEFORE UPDATE OF seats ON reservations
WHEN OLD.state = 'sold' AND NEW.seats <> OLD.seats
    AND EXISTS (SELECT 1 FROM sessions WHERE id = NEW.session_id AND room_id IS NOT NULL)
    AND NEW.seats <> (SELECT count(*) FROM seat_holders WHERE reservation_id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'what is sold in a seated room has its seats');
END;
