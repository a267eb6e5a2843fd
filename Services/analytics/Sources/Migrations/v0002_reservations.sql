-- The state of reservations, made from what booking tells.

-- How far each source's events have been taken: no event is counted twice.
CREATE TABLE taken_events (
    source TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL CHECK (sequence >= 0)
) STRICT, WITHOUT ROWID;

-- A session with the time on the place's own clocks, and what became of its bookings. The counts follow `bookings` by
-- triggers.
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

-- Each group's sessions together, in the order in which groups are listed.
CREATE INDEX sessions_by_day ON sessions (day, starts_at);
CREATE INDEX sessions_by_weekday ON sessions (weekday, starts_at);
CREATE INDEX sessions_by_time_slot ON sessions (time_slot, starts_at);
CREATE INDEX sessions_by_movie ON sessions (movie_id, starts_at);
CREATE INDEX sessions_by_place ON sessions (place_id, starts_at);

CREATE TABLE bookings (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    -- A refunded booking is a cancelled one.
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'expired', 'cancelled')),
    seats INTEGER NOT NULL CHECK (seats >= 0)
) STRICT;

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

-- A visit's own rows, and a user's.
CREATE INDEX events_by_tracking_id ON events (tracking_id, id);
CREATE INDEX events_by_user ON events (user_id, id) WHERE user_id IS NOT NULL;

-- What the service alone knows: the key that seals its cursors.
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
