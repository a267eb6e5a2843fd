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
INSERT INTO migrations VALUES('v0003_visits','e749ed484e57d90a',0,1);
INSERT INTO migrations VALUES('v0004_funnel','e1deb428aa6f89af',0,0);
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
, opened_at INTEGER NOT NULL DEFAULT 0 CHECK (opened_at >= 0), movie_id INTEGER NOT NULL DEFAULT 0, was_reserved INTEGER NOT NULL DEFAULT 0 CHECK (was_reserved IN (0, 1)), was_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (was_confirmed IN (0, 1))) STRICT;
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE subjects (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('everything', 'page', 'any_movie', 'movie')),
    name TEXT NOT NULL,
    UNIQUE (kind, name)
) STRICT;
INSERT INTO subjects VALUES(1,'everything','');
INSERT INTO subjects VALUES(2,'any_movie','');
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    -- The first event of its tracking_id.
    visitor INTEGER NOT NULL,
    page_id INTEGER NOT NULL REFERENCES subjects (id),
    -- A hash of the page's scheme and query.
    variant INTEGER NOT NULL,
    entered_at INTEGER NOT NULL,
    -- In milliseconds; NULL until the page is left, and for ever where it is not.
    dwell INTEGER CHECK (dwell BETWEEN 0 AND 86400000)
) STRICT;
CREATE TABLE sights (
    subject_id INTEGER NOT NULL,
    visitor INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    visit_id INTEGER NOT NULL,
    PRIMARY KEY (subject_id, visitor, seen_at, visit_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE subject_days (
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    day INTEGER NOT NULL,
    is_page INTEGER NOT NULL CHECK (is_page IN (0, 1)),
    visits INTEGER NOT NULL,
    visitors INTEGER NOT NULL,
    -- How many visits lasted how long.
    dwells BLOB NOT NULL,
    PRIMARY KEY (subject_id, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE subject_returns (
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    previous_day INTEGER NOT NULL,
    day INTEGER NOT NULL,
    visitors INTEGER NOT NULL,
    PRIMARY KEY (subject_id, previous_day, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE visit_hours (
    hour INTEGER PRIMARY KEY,
    visits INTEGER NOT NULL,
    visitors INTEGER NOT NULL,
    dwells BLOB NOT NULL
) STRICT;
CREATE TABLE funnel_days (
    movie_id INTEGER NOT NULL,
    day INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    PRIMARY KEY (movie_id, day)
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
CREATE INDEX visits_open ON visits (visitor, page_id, variant, id) WHERE dwell IS NULL;
CREATE INDEX sights_by_time ON sights (subject_id, seen_at);
CREATE INDEX subject_days_of_pages ON subject_days (day, subject_id) WHERE is_page = 1;
CREATE INDEX bookings_by_opening ON bookings (opened_at, was_reserved, was_confirmed);
CREATE INDEX bookings_by_movie ON bookings (movie_id, opened_at, was_reserved, was_confirmed);
CREATE TRIGGER bookings_entered_funnel AFTER INSERT ON bookings
BEGIN
    INSERT INTO funnel_days (movie_id, day, opened, reserved, confirmed)
    VALUES (0, NEW.opened_at / 86400000, 1, NEW.was_reserved, NEW.was_confirmed),
        (NEW.movie_id, NEW.opened_at / 86400000, 1, NEW.was_reserved, NEW.was_confirmed)
    ON CONFLICT (movie_id, day) DO UPDATE
    SET opened = opened + 1, reserved = reserved + excluded.reserved, confirmed = confirmed + excluded.confirmed;
END;
CREATE TRIGGER bookings_came_further AFTER UPDATE OF was_reserved, was_confirmed ON bookings
WHEN NEW.was_reserved <> OLD.was_reserved OR NEW.was_confirmed <> OLD.was_confirmed
BEGIN
    UPDATE funnel_days
    SET reserved = reserved + NEW.was_reserved - OLD.was_reserved,
        confirmed = confirmed + NEW.was_confirmed - OLD.was_confirmed
    WHERE movie_id IN (0, NEW.movie_id) AND day = NEW.opened_at / 86400000;
END;
COMMIT;
