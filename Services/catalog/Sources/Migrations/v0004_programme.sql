-- The programme as staff see and change it: earliest first, of everything, a movie, a place or both.

CREATE INDEX sessions_by_start ON sessions (starts_at);
CREATE INDEX sessions_by_place ON sessions (place_id, starts_at);
CREATE INDEX sessions_by_movie_in_place ON sessions (movie_id, place_id, starts_at);

-- What booking is asked about a session, from before it is asked until the answer is written down: a crash in between
-- leaves the question here, and it is asked again. One at a time for a session.
CREATE TABLE session_changes (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    session_id INTEGER NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    -- The room is kept free for it meanwhile.
    room_id INTEGER NOT NULL,
    -- What is to be from then on; both null when the session is to be closed and deleted.
    starts_at INTEGER,
    allocation INTEGER CHECK (allocation > 0),
    CONSTRAINT terms_or_end CHECK ((starts_at IS NULL) = (allocation IS NULL))
) STRICT;

CREATE INDEX session_changes_by_room ON session_changes (room_id, starts_at);
