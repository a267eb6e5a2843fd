-- Everybody's bookings, found by what is known of them; and an audit trail that says how many seats were concerned.
--
-- Lists go by (created_at, id), newest first. Each index below is one walk in that order, however many bookings there are.

-- Its session's, which stand here so that the bookings of a film or a place are one walk.
ALTER TABLE bookings ADD COLUMN movie_id INTEGER;
ALTER TABLE bookings ADD COLUMN place_id INTEGER;

-- What became of it; NULL while nothing is noted. One that is open, or ran out unnoted, is told apart by the clock.
ALTER TABLE bookings ADD COLUMN outcome TEXT AS (
    CASE
        WHEN cancelled_at IS NOT NULL OR refunded_at IS NOT NULL THEN 'cancelled'
        WHEN confirmed_at IS NOT NULL THEN 'confirmed'
        WHEN expired_at IS NOT NULL THEN 'expired'
    END) VIRTUAL;

UPDATE bookings SET (movie_id, place_id) = (SELECT movie_id, place_id FROM sessions s WHERE s.id = session_id);

-- For whoever adds a booking without them.
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

DROP INDEX bookings_by_user;
DROP INDEX bookings_by_session;
DROP INDEX bookings_by_user_and_session;
CREATE INDEX bookings_by_user ON bookings (user_id, created_at);
CREATE INDEX bookings_by_session ON bookings (session_id, created_at);
CREATE INDEX bookings_by_user_and_session ON bookings (user_id, session_id, created_at);
CREATE INDEX bookings_by_movie ON bookings (movie_id, created_at);
CREATE INDEX bookings_by_place ON bookings (place_id, created_at);
CREATE INDEX bookings_by_movie_and_place ON bookings (movie_id, place_id, created_at);

-- An outcome is noted once in most bookings' lives, so these grow once, when it is.
CREATE INDEX bookings_settled ON bookings (outcome, created_at) WHERE outcome IS NOT NULL;
CREATE INDEX bookings_settled_by_session ON bookings (session_id, outcome, created_at) WHERE outcome IS NOT NULL;
CREATE INDEX bookings_settled_by_movie ON bookings (movie_id, outcome, created_at) WHERE outcome IS NOT NULL;
CREATE INDEX bookings_settled_by_place ON bookings (place_id, outcome, created_at) WHERE outcome IS NOT NULL;
-- Never more than were opened in the last minute or so.
CREATE INDEX bookings_unsettled ON bookings (created_at) WHERE outcome IS NULL;

-- Seats that the booking had before and after; all that was ever done gave them back.
ALTER TABLE audit ADD COLUMN seats_before INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN seats_after INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER audit_is_kept;
UPDATE audit
SET seats_before = coalesce((SELECT r.seats FROM reservations r WHERE r.booking_id = audit.booking_id), 0);
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;
