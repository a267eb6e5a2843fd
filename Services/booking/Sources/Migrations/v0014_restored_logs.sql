-- What the log needs where the database was restored from a copy, where a follower cannot take an event, and where it
-- lacks what was deleted.

-- Numbers from `first` to `last` may have been given to events after the copy was made, none of which ever happened:
-- followers that have taken one of these forget it. What happens from then on has higher numbers.
CREATE TABLE lost_events (
    last INTEGER PRIMARY KEY,
    first INTEGER NOT NULL CHECK (first <= last)
) STRICT;

-- Sessions that catalog may have deleted since the copy was made.
CREATE TABLE unsure_sessions (id INTEGER PRIMARY KEY) STRICT;

-- Events that a follower refuses, each by itself, so that they do not keep the rest from it.
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

CREATE INDEX events_set_aside_by_follower ON events_set_aside (follower, sequence);

-- Followers that lack events which are deleted by now, and how far they have been told instead what there is.
CREATE TABLE retellings (
    follower TEXT PRIMARY KEY,
    session_id INTEGER NOT NULL DEFAULT 0,
    booking_id INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
