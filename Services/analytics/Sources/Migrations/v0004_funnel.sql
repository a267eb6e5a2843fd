-- How far bookings came, by the moment they were opened.

ALTER TABLE bookings ADD COLUMN opened_at INTEGER NOT NULL DEFAULT 0 CHECK (opened_at >= 0);
ALTER TABLE bookings ADD COLUMN movie_id INTEGER NOT NULL DEFAULT 0;
-- Once, whatever became of it: seats given back and refunds change nothing here.
ALTER TABLE bookings ADD COLUMN was_reserved INTEGER NOT NULL DEFAULT 0 CHECK (was_reserved IN (0, 1));
ALTER TABLE bookings ADD COLUMN was_confirmed INTEGER NOT NULL DEFAULT 0 CHECK (was_confirmed IN (0, 1));

-- What can be known of earlier ones: an id holds the moment it was made; a booking that ended kept its seats. Of those
-- that were cancelled nothing tells the refunded ones, so they count as never confirmed.
UPDATE bookings
SET opened_at = (id >> 22) + 1704067200000,
    movie_id = (SELECT s.movie_id FROM sessions s WHERE s.id = session_id),
    was_reserved = seats > 0 OR state = 'confirmed',
    was_confirmed = state = 'confirmed';

CREATE INDEX bookings_by_opening ON bookings (opened_at, was_reserved, was_confirmed);
CREATE INDEX bookings_by_movie ON bookings (movie_id, opened_at, was_reserved, was_confirmed);

-- Days since 1970-01-01, in UTC; 0 stands for all films together.
CREATE TABLE funnel_days (
    movie_id INTEGER NOT NULL,
    day INTEGER NOT NULL,
    opened INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    confirmed INTEGER NOT NULL,
    PRIMARY KEY (movie_id, day)
) STRICT, WITHOUT ROWID;

INSERT INTO funnel_days (movie_id, day, opened, reserved, confirmed)
SELECT 0, opened_at / 86400000, count(*), sum(was_reserved), sum(was_confirmed) FROM bookings GROUP BY 2
UNION ALL
SELECT movie_id, opened_at / 86400000, count(*), sum(was_reserved), sum(was_confirmed) FROM bookings GROUP BY 1, 2;

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
