PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (
    name TEXT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    safe_for_older_code INTEGER NOT NULL
) STRICT;
INSERT INTO migrations VALUES('v0001_events','f04968a13dcf460b',0,0);
INSERT INTO migrations VALUES('v0002_reservations','e156942605cb1a6c',0,0);
CREATE TABLE events (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    tracking_id TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('page_enter', 'page_exit')),
    scheme TEXT NOT NULL,
    path TEXT NOT NULL,
    -- A JSON object of names to strings or lists of strings, in the order they came.
    query TEXT NOT NULL CHECK (query LIKE '{%}'),
    -- Whoever was signed in.
    user_id INTEGER,
    received_at INTEGER NOT NULL
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
CREATE TABLE taken_events (
    source TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL CHECK (sequence >= 0)
) STRICT, WITHOUT ROWID;
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    starts_at INTEGER NOT NULL,
    allocation INTEGER NOT NULL CHECK (allocation >= 0),
    movie_id INTEGER NOT NULL,
    place_id INTEGER NOT NULL,
    -- Since 1970-01-01.
    day INTEGER NOT NULL,
    -- From Monday on.
    weekday INTEGER NOT NULL CHECK (weekday BETWEEN 0 AND 6),
    -- Morning, afternoon, evening, night.
    time_slot INTEGER NOT NULL CHECK (time_slot BETWEEN 0 AND 3),
    opened INTEGER NOT NULL DEFAULT 0,
    confirmed INTEGER NOT NULL DEFAULT 0,
    expired INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    -- Of confirmed bookings.
    seats INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE bookings (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    -- A refunded booking is a cancelled one.
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'expired', 'cancelled')),
    seats INTEGER NOT NULL CHECK (seats >= 0)
) STRICT;
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
CREATE INDEX sessions_by_day ON sessions (day, starts_at);
CREATE INDEX sessions_by_weekday ON sessions (weekday, starts_at);
CREATE INDEX sessions_by_time_slot ON sessions (time_slot, starts_at);
CREATE INDEX sessions_by_movie ON sessions (movie_id, starts_at);
CREATE INDEX sessions_by_place ON sessions (place_id, starts_at);
CREATE TRIGGER bookings_counted AFTER INSERT ON bookings
BEGIN
    UPDATE sessions
    SET opened = opened + 1,
        confirmed = confirmed + (NEW.state = 'confirmed'),
        expired = expired + (NEW.state = 'expired'),
        cancelled = cancelled + (NEW.state = 'cancelled'),
        seats = seats + iif(NEW.state = 'confirmed', NEW.seats, 0)
    WHERE id = NEW.session_id;
END;
CREATE TRIGGER bookings_recounted AFTER UPDATE OF state, seats ON bookings
BEGIN
    UPDATE sessions
    SET confirmed = confirmed + (NEW.state = 'confirmed') - (OLD.state = 'confirmed'),
        expired = expired + (NEW.state = 'expired') - (OLD.state = 'expired'),
        cancelled = cancelled + (NEW.state = 'cancelled') - (OLD.state = 'cancelled'),
        seats = seats + iif(NEW.state = 'confirmed', NEW.seats, 0) - iif(OLD.state = 'confirmed', OLD.seats, 0)
    WHERE id = NEW.session_id;
END;
CREATE INDEX events_by_tracking_id ON events (tracking_id, id);
CREATE INDEX events_by_user ON events (user_id, id) WHERE user_id IS NOT NULL;
COMMIT;
