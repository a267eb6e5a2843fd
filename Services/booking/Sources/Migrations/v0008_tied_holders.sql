-- Who has a seat is tied to what it follows from: the reservation is of the same session, the seat of that session's room.
-- And what is sold in a seated room has exactly its seats.

-- What the keys below refer to.
CREATE UNIQUE INDEX sessions_in_room ON sessions (id, room_id);
CREATE UNIQUE INDEX seats_in_room ON seats (id, room_id);
CREATE UNIQUE INDEX reservations_in_session ON reservations (id, session_id);

-- SQLite adds no key to a table that is there: it is made anew. No other table refers to it.
CREATE TABLE moved_holders AS
SELECT h.session_id, h.seat_id, h.reservation_id, s.room_id
FROM seat_holders h JOIN sessions s ON s.id = h.session_id;

DROP TABLE seat_holders;

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

CREATE INDEX seat_holders_by_reservation ON seat_holders (reservation_id);
CREATE INDEX seat_holders_by_seat ON seat_holders (seat_id);

INSERT INTO seat_holders (session_id, seat_id, reservation_id, room_id)
SELECT session_id, seat_id, reservation_id, room_id FROM moved_holders;

DROP TABLE moved_holders;

-- Seats are taken and changed while they are held. What is sold keeps them until it is released.
CREATE TRIGGER seat_holders_held BEFORE INSERT ON seat_holders
WHEN (SELECT state FROM reservations WHERE id = NEW.reservation_id) <> 'held'
BEGIN
    SELECT RAISE(ABORT, 'a settled reservation does not change');
END;

CREATE TRIGGER seat_holders_kept BEFORE DELETE ON seat_holders
WHEN (SELECT state FROM reservations WHERE id = OLD.reservation_id) = 'sold'
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

-- Each of these was another page to write with every sale, and all that they spare is a look at the bookings of one
-- session, film or place.
DROP INDEX bookings_settled_by_session;
DROP INDEX bookings_settled_by_movie;
DROP INDEX bookings_settled_by_place;
DROP INDEX bookings_by_movie_and_place;
