PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (
    name TEXT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    safe_for_older_code INTEGER NOT NULL
) STRICT;
INSERT INTO migrations VALUES('v0001_inventory','1454eed79a92b7c9',0,0);
INSERT INTO migrations VALUES('v0002_seats','1a8805c31ff9e159',0,0);
INSERT INTO migrations VALUES('v0003_events','48dfb974b90ba506',0,0);
INSERT INTO migrations VALUES('v0004_time_zones','ca9f630c04b3a0cf',0,0);
INSERT INTO migrations VALUES('v0005_tickets','75f58e62a445602a',0,0);
INSERT INTO migrations VALUES('v0006_free_seats_told','451c8c4d03dd6c2b',0,1);
INSERT INTO migrations VALUES('v0007_all_bookings','ecfaa0b05d2d0315',0,1);
INSERT INTO migrations VALUES('v0008_tied_holders','01f5034fe65d8324',0,0);
INSERT INTO migrations VALUES('v0009_ticket_keys','2d85238996fd82b0',0,1);
INSERT INTO migrations VALUES('v0010_door','3e1fdd30d679b9f8',0,1);
INSERT INTO migrations VALUES('v0011_prices','85b0bd092b73956b',0,0);
INSERT INTO migrations VALUES('v0012_mails','a75bd02e0f7e09aa',0,1);
INSERT INTO migrations VALUES('v0013_payments','53c760cdd2c1e058',0,0);
INSERT INTO migrations VALUES('v0014_restored_logs','e0764e560ad30637',0,1);
INSERT INTO migrations VALUES('v0015_how_it_is_paid','fd0c7b0a4d028da4',0,0);
INSERT INTO migrations VALUES('v0016_refunds_followed','ed1176fd208c5cc8',0,1);
INSERT INTO migrations VALUES('v0017_journal','25bba3ec9bf26d11',0,0);
INSERT INTO migrations VALUES('v0018_refunds_told','311b632c650eb4c6',0,1);
INSERT INTO migrations VALUES('v0019_failed_payment_jobs','e533c7ff9aa49764',0,1);
INSERT INTO migrations VALUES('v0020_rolled_back','4a0937dd5fc995ce',0,1);
INSERT INTO migrations VALUES('v0021_trimmed_events','a5a578ede9f4538d',0,1);
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    starts_at INTEGER NOT NULL,
    allocation INTEGER NOT NULL CHECK (allocation >= 0),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    sold INTEGER NOT NULL DEFAULT 0 CHECK (sold >= 0),
    -- As catalog last told them.
    movie_id INTEGER NOT NULL,
    movie_title TEXT NOT NULL,
    place_id INTEGER NOT NULL,
    place_name TEXT NOT NULL,
    named_at INTEGER NOT NULL, room_id INTEGER, time_zone TEXT NOT NULL DEFAULT 'Europe/Paris', room_name TEXT, place_address TEXT, place_city TEXT, duration INTEGER, detailed_at INTEGER,
    CONSTRAINT seats_within_allocation CHECK (held + sold <= allocation)
) STRICT;
CREATE TABLE bookings (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    user_id INTEGER NOT NULL,
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    created_at INTEGER NOT NULL,
    closes_at INTEGER NOT NULL,
    confirmed_at INTEGER,
    cancelled_at INTEGER, expired_at INTEGER, refunded_at INTEGER, movie_id INTEGER, place_id INTEGER, outcome TEXT AS (
    CASE
        WHEN cancelled_at IS NOT NULL OR refunded_at IS NOT NULL THEN 'cancelled'
        WHEN confirmed_at IS NOT NULL THEN 'confirmed'
        WHEN expired_at IS NOT NULL THEN 'expired'
    END) VIRTUAL, language TEXT, paid_through TEXT CHECK (paid_through IN ('counter', 'stripe')),
    CONSTRAINT open_for_a_while CHECK (closes_at > created_at),
    CONSTRAINT confirmed_in_time CHECK (confirmed_at < closes_at),
    CONSTRAINT confirmed_or_cancelled CHECK (confirmed_at IS NULL OR cancelled_at IS NULL),
    UNIQUE (id, session_id)
) STRICT;
CREATE TABLE reservations (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    booking_id INTEGER NOT NULL UNIQUE,
    session_id INTEGER NOT NULL,
    seats INTEGER NOT NULL CHECK (seats > 0),
    state TEXT NOT NULL CHECK (state IN ('held', 'sold', 'released')),
    held_until INTEGER NOT NULL,
    reserved_at INTEGER NOT NULL,
    FOREIGN KEY (booking_id, session_id) REFERENCES bookings (id, session_id)
) STRICT;
CREATE TABLE idempotency_records (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE seats (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    room_id INTEGER NOT NULL,
    row_label TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('standard', 'companion', 'wheelchair')),
    x REAL NOT NULL,
    y REAL NOT NULL
) STRICT;
CREATE TABLE followers (
    name TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO followers VALUES('mail',0);
CREATE TABLE closed_sessions (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    closed_at INTEGER NOT NULL
) STRICT;
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    booking_id INTEGER NOT NULL,
    session_id INTEGER NOT NULL,
    -- NULL where seats are only counted. The seat is somebody else's again once the ticket is refunded.
    seat_id INTEGER REFERENCES seats (id),
    -- What it was sold at: all three, or none where the session has no prices. `amount` counts the currency's smallest
    -- unit, `currency` is of ISO 4217.
    tariff TEXT,
    amount INTEGER CHECK (amount >= 0),
    currency TEXT,
    -- Which of its codes is good: the first, until it is issued anew.
    generation INTEGER NOT NULL DEFAULT 1 CHECK (generation > 0),
    -- NULL unless it was given back.
    refunded_at INTEGER,
    CONSTRAINT priced_or_not CHECK ((tariff IS NULL) = (amount IS NULL) AND (amount IS NULL) = (currency IS NULL)),
    FOREIGN KEY (booking_id, session_id) REFERENCES bookings (id, session_id)
) STRICT;
CREATE TABLE seat_holders (
    session_id INTEGER NOT NULL,
    seat_id INTEGER NOT NULL,
    reservation_id INTEGER NOT NULL,
    -- The session's, and so the seat's.
    room_id INTEGER NOT NULL,
    PRIMARY KEY (session_id, seat_id),
    FOREIGN KEY (session_id, room_id) REFERENCES sessions (id, room_id),
    FOREIGN KEY (seat_id, room_id) REFERENCES seats (id, room_id),
    FOREIGN KEY (reservation_id, session_id) REFERENCES reservations (id, session_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE ticket_keys (
    kid TEXT PRIMARY KEY,
    seed BLOB NOT NULL CHECK (length(seed) = 32),
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    created_at INTEGER NOT NULL,
    -- It is published from its creation on, and signs from here on until the next one does.
    active_from INTEGER NOT NULL UNIQUE CHECK (active_from >= created_at),
    -- When the last session is over whose tickets it may have signed; NULL while it signs.
    needed_until INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE check_ins (
    ticket_id INTEGER PRIMARY KEY REFERENCES tickets (id),
    -- Offline it is when the device says, online and otherwise at the latest when this was told.
    admitted_at INTEGER NOT NULL,
    -- As the device calls it; NULL where it does not say.
    door TEXT,
    staff_id INTEGER NOT NULL
) STRICT;
CREATE TABLE scans (
    sequence INTEGER PRIMARY KEY,
    -- Of the code, the time and the door: a scan that is uploaded again is the same one.
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    -- NULL for a code that is none of ours.
    ticket_id INTEGER REFERENCES tickets (id),
    -- The ticket's; NULL with it.
    session_id INTEGER,
    door TEXT,
    staff_id INTEGER NOT NULL,
    -- By the device's clock.
    scanned_at INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL,
    -- `conflict`: the device could not know better than to let somebody in, and should not have.
    result TEXT NOT NULL CHECK (result IN ('admitted', 'conflict', 'refused')),
    -- Why not.
    code TEXT,
    CONSTRAINT reason_or_admitted CHECK ((result = 'admitted') = (code IS NULL)),
    CONSTRAINT conflict_of_a_ticket CHECK (result = 'refused' OR ticket_id IS NOT NULL),
    CONSTRAINT ticket_of_a_session CHECK ((ticket_id IS NULL) = (session_id IS NULL))
) STRICT;
CREATE TABLE session_tariffs (
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    name TEXT NOT NULL CHECK (name <> ''),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 1000000000),
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    condition TEXT NOT NULL,
    PRIMARY KEY (session_id, position),
    UNIQUE (session_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE booking_lines (
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    tariff TEXT NOT NULL CHECK (tariff <> ''),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 1000000000),
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    seats INTEGER NOT NULL CHECK (seats > 0),
    PRIMARY KEY (booking_id, position)
) STRICT, WITHOUT ROWID;
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
    created_at INTEGER NOT NULL, refund TEXT,
    CONSTRAINT refunds_an_amount CHECK ((kind = 'refund') = (amount IS NOT NULL))
) STRICT;
CREATE TABLE payment_events (
    id TEXT PRIMARY KEY,
    payment_id INTEGER NOT NULL REFERENCES payments (id),
    type TEXT NOT NULL,
    told_at INTEGER NOT NULL
) STRICT;
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
, retold_at INTEGER) STRICT;
CREATE TABLE lost_events (
    last INTEGER PRIMARY KEY,
    first INTEGER NOT NULL CHECK (first <= last)
) STRICT;
CREATE TABLE unsure_sessions (id INTEGER PRIMARY KEY) STRICT;
CREATE TABLE events_set_aside (
    sequence INTEGER NOT NULL,
    follower TEXT NOT NULL,
    -- What it answered last.
    reason TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    set_aside_at INTEGER NOT NULL,
    -- What it was about has been told again, under another number.
    is_replayed INTEGER NOT NULL DEFAULT 0 CHECK (is_replayed IN (0, 1)),
    PRIMARY KEY (sequence, follower)
) STRICT, WITHOUT ROWID;
CREATE TABLE retellings (
    follower TEXT PRIMARY KEY,
    session_id INTEGER NOT NULL DEFAULT 0,
    booking_id INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- NULL for what the service did by itself, and for operators at its command line, whose reason says who they are.
    actor_id INTEGER,
    action TEXT NOT NULL CHECK (action IN ('cancel', 'refund', 'settle_payment')),
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    reason TEXT NOT NULL,
    status_before TEXT NOT NULL,
    status_after TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    seats_before INTEGER NOT NULL DEFAULT 0,
    seats_after INTEGER NOT NULL DEFAULT 0,
    used_tickets INTEGER NOT NULL DEFAULT 0
, amount INTEGER, currency TEXT, ticket_ids TEXT NOT NULL DEFAULT '[]') STRICT;
CREATE TABLE journal (
    -- Without a gap, from 1 on.
    number INTEGER PRIMARY KEY CHECK (number > 0),
    -- NULL for what is of none.
    session_id INTEGER,
    -- JSON.
    entry TEXT NOT NULL,
    -- SHA-256 of the hash before it (32 zero bytes before the first), the session's number in decimal or 0, a space,
    -- and the entry.
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
CREATE TABLE unasked_followers (
    name TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE trimmed_events (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- The latest time at which anything happened that is deleted.
    until INTEGER NOT NULL
) STRICT;
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('events',0);
INSERT INTO sqlite_sequence VALUES('audit',0);
CREATE TRIGGER reservations_counted AFTER INSERT ON reservations
BEGIN
    UPDATE sessions
    SET held = held + iif(NEW.state = 'held', NEW.seats, 0), sold = sold + iif(NEW.state = 'sold', NEW.seats, 0)
    WHERE id = NEW.session_id;
END;
CREATE TRIGGER reservations_recounted AFTER UPDATE OF seats, state ON reservations
BEGIN
    UPDATE sessions
    SET held = held + iif(NEW.state = 'held', NEW.seats, 0) - iif(OLD.state = 'held', OLD.seats, 0),
        sold = sold + iif(NEW.state = 'sold', NEW.seats, 0) - iif(OLD.state = 'sold', OLD.seats, 0)
    WHERE id = NEW.session_id;
END;
CREATE TRIGGER reservations_kept BEFORE DELETE ON reservations
BEGIN
    SELECT RAISE(ABORT, 'a reservation is released, not deleted');
END;
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
CREATE INDEX seats_by_room ON seats (room_id);
CREATE TRIGGER reservations_released AFTER UPDATE OF state ON reservations
WHEN NEW.state = 'released'
BEGIN
    DELETE FROM seat_holders WHERE reservation_id = NEW.id;
END;
CREATE INDEX bookings_open ON bookings (closes_at)
WHERE confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL;
CREATE INDEX bookings_open_by_session ON bookings (session_id, closes_at)
WHERE confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL;
CREATE INDEX bookings_open_by_user ON bookings (user_id, closes_at)
WHERE confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL;
CREATE INDEX reservations_held ON reservations (session_id) WHERE state = 'held';
CREATE INDEX bookings_by_created ON bookings (created_at);
CREATE INDEX tickets_by_session ON tickets (session_id, booking_id);
CREATE TRIGGER bookings_named AFTER INSERT ON bookings
WHEN NEW.movie_id IS NULL OR NEW.place_id IS NULL
BEGIN
    UPDATE bookings SET (movie_id, place_id) = (SELECT movie_id, place_id FROM sessions WHERE id = NEW.session_id)
    WHERE id = NEW.id;
END;
CREATE TRIGGER sessions_renamed AFTER UPDATE OF movie_id, place_id ON sessions
WHEN NEW.movie_id <> OLD.movie_id OR NEW.place_id <> OLD.place_id
BEGIN
    UPDATE bookings SET movie_id = NEW.movie_id, place_id = NEW.place_id WHERE session_id = NEW.id;
END;
CREATE INDEX bookings_by_user ON bookings (user_id, created_at);
CREATE INDEX bookings_by_session ON bookings (session_id, created_at);
CREATE INDEX bookings_by_user_and_session ON bookings (user_id, session_id, created_at);
CREATE INDEX bookings_by_movie ON bookings (movie_id, created_at);
CREATE INDEX bookings_by_place ON bookings (place_id, created_at);
CREATE INDEX bookings_settled ON bookings (outcome, created_at) WHERE outcome IS NOT NULL;
CREATE INDEX bookings_unsettled ON bookings (created_at) WHERE outcome IS NULL;
CREATE UNIQUE INDEX sessions_in_room ON sessions (id, room_id);
CREATE UNIQUE INDEX seats_in_room ON seats (id, room_id);
CREATE UNIQUE INDEX reservations_in_session ON reservations (id, session_id);
CREATE INDEX seat_holders_by_reservation ON seat_holders (reservation_id);
CREATE INDEX seat_holders_by_seat ON seat_holders (seat_id);
CREATE TRIGGER seat_holders_held BEFORE INSERT ON seat_holders
WHEN (SELECT state FROM reservations WHERE id = NEW.reservation_id) <> 'held'
BEGIN
    SELECT RAISE(ABORT, 'a settled reservation does not change');
END;
CREATE TRIGGER seat_holders_fixed BEFORE UPDATE ON seat_holders
BEGIN
    SELECT RAISE(ABORT, 'a seat is given back, and taken anew');
END;
CREATE TRIGGER reservations_seated BEFORE UPDATE OF state ON reservations
WHEN NEW.state = 'sold' AND EXISTS (SELECT 1 FROM sessions WHERE id = NEW.session_id AND room_id IS NOT NULL)
    AND NEW.seats <> (SELECT count(*) FROM seat_holders WHERE reservation_id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'what is sold in a seated room has its seats');
END;
CREATE TRIGGER reservations_seated_first BEFORE INSERT ON reservations
WHEN NEW.state = 'sold' AND EXISTS (SELECT 1 FROM sessions WHERE id = NEW.session_id AND room_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'seats are held before they are sold');
END;
CREATE INDEX scans_conflicts ON scans (session_id, sequence) WHERE result = 'conflict';
CREATE TRIGGER check_ins_are_kept BEFORE UPDATE ON check_ins BEGIN SELECT RAISE(ABORT, 'who was let in was let in'); END;
CREATE TRIGGER check_ins_stay BEFORE DELETE ON check_ins BEGIN SELECT RAISE(ABORT, 'who was let in was let in'); END;
CREATE TRIGGER scans_are_kept BEFORE UPDATE ON scans BEGIN SELECT RAISE(ABORT, 'what was scanned was scanned'); END;
CREATE TRIGGER scans_stay BEFORE DELETE ON scans BEGIN SELECT RAISE(ABORT, 'what was scanned was scanned'); END;
CREATE INDEX mails_waiting ON mails (next_at) WHERE state = 'waiting';
CREATE INDEX mails_failed ON mails (booking_id) WHERE state = 'failed';
CREATE INDEX payments_by_booking ON payments (booking_id);
CREATE UNIQUE INDEX payments_live ON payments (booking_id)
WHERE state IN ('authorizing', 'action_required', 'authorized') OR (state = 'captured' AND confirmed_at IS NOT NULL);
CREATE INDEX payment_jobs_waiting ON payment_jobs (next_at) WHERE state = 'waiting';
CREATE INDEX payment_jobs_by_payment ON payment_jobs (payment_id, id);
CREATE INDEX payment_events_by_age ON payment_events (told_at);
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
CREATE TRIGGER seat_holders_kept BEFORE DELETE ON seat_holders
WHEN EXISTS (SELECT 1 FROM reservations r WHERE r.id = OLD.reservation_id AND r.state = 'sold' AND NOT EXISTS (
    SELECT 1 FROM tickets t WHERE t.session_id = r.session_id AND t.booking_id = r.booking_id
        AND t.seat_id = OLD.seat_id AND t.refunded_at IS NOT NULL))
BEGIN
    SELECT RAISE(ABORT, 'a settled reservation does not change');
END;
CREATE TRIGGER reservations_seated_still BEFORE UPDATE OF seats ON reservations
WHEN OLD.state = 'sold' AND NEW.seats <> OLD.seats
    AND EXISTS (SELECT 1 FROM sessions WHERE id = NEW.session_id AND room_id IS NOT NULL)
    AND NEW.seats <> (SELECT count(*) FROM seat_holders WHERE reservation_id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'what is sold in a seated room has its seats');
END;
CREATE INDEX events_set_aside_by_follower ON events_set_aside (follower, sequence);
CREATE INDEX audit_by_booking ON audit (booking_id);
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;
CREATE TRIGGER journal_is_kept BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal does not change'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal does not change'); END;
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;
CREATE INDEX payment_jobs_failed ON payment_jobs (id) WHERE state = 'failed';
COMMIT;
