-- What is left of each session, as of what booking said last, and until when a movie can be booked.

-- How many seats are free, since when, and the number of booking's event up to which that counts: what is older than
-- it does not replace it. All null while booking has never spoken of the session.
ALTER TABLE sessions ADD COLUMN free INTEGER CHECK (free >= 0);
ALTER TABLE sessions ADD COLUMN free_as_of INTEGER CHECK ((free_as_of IS NULL) = (free IS NULL));
ALTER TABLE sessions ADD COLUMN free_sequence INTEGER CHECK ((free_sequence IS NULL) = (free IS NULL));

-- Never more than are on sale: booking may speak of another allocation before it is written down here.
ALTER TABLE sessions ADD COLUMN seats_left INTEGER NOT NULL
    GENERATED ALWAYS AS (min(coalesce(free, allocation), allocation)) VIRTUAL;
ALTER TABLE sessions ADD COLUMN has_seats INTEGER NOT NULL
    GENERATED ALWAYS AS (min(coalesce(free, allocation), allocation) > 0) VIRTUAL;

-- The programme again, of what has seats left or has not.
CREATE INDEX sessions_with_seats ON sessions (has_seats, starts_at);
CREATE INDEX sessions_with_seats_by_movie ON sessions (movie_id, has_seats, starts_at);
CREATE INDEX sessions_with_seats_by_place ON sessions (place_id, has_seats, starts_at);
CREATE INDEX sessions_with_seats_by_movie_in_place ON sessions (movie_id, place_id, has_seats, starts_at);

-- The last start among the movie's sessions that have seats left, kept by the triggers below: the movie can be booked
-- while that is to come.
ALTER TABLE movies ADD COLUMN bookable_until INTEGER;

UPDATE movies
SET bookable_until = (SELECT max(starts_at) FROM sessions WHERE movie_id = movies.id AND has_seats = 1);

CREATE INDEX movies_by_bookable_until ON movies (bookable_until) WHERE bookable_until IS NOT NULL;

CREATE TRIGGER seats_offered AFTER INSERT ON sessions WHEN NEW.has_seats = 1
BEGIN
    UPDATE movies SET bookable_until = NEW.starts_at
    WHERE id = NEW.movie_id AND (bookable_until IS NULL OR bookable_until < NEW.starts_at);
END;

CREATE TRIGGER seats_withdrawn AFTER DELETE ON sessions WHEN OLD.has_seats = 1
BEGIN
    UPDATE movies
    SET bookable_until = (SELECT max(starts_at) FROM sessions WHERE movie_id = OLD.movie_id AND has_seats = 1)
    WHERE id = OLD.movie_id AND bookable_until = OLD.starts_at;
END;

-- Seats sell one by one: it only matters when the last one goes, or comes back.
CREATE TRIGGER seats_changed AFTER UPDATE OF movie_id, starts_at, allocation, free ON sessions
WHEN NEW.has_seats <> OLD.has_seats
    OR NEW.has_seats = 1 AND (NEW.movie_id <> OLD.movie_id OR NEW.starts_at <> OLD.starts_at)
BEGIN
    UPDATE movies
    SET bookable_until = (SELECT max(starts_at) FROM sessions WHERE movie_id = movies.id AND has_seats = 1)
    WHERE id IN (OLD.movie_id, NEW.movie_id);
END;

-- How far each source's events have been taken: no event is taken twice.
CREATE TABLE taken_events (
    source TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL CHECK (sequence >= 0)
) STRICT, WITHOUT ROWID;
