-- Seated rooms: which seats there are, and who has which of them.

-- NULL where seats are only counted.
ALTER TABLE sessions ADD COLUMN room_id INTEGER;

-- A room's plan as catalog told it with the first of its sessions; it does not change while the room has any.
CREATE TABLE seats (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    room_id INTEGER NOT NULL,
    row_label TEXT NOT NULL,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('standard', 'companion', 'wheelchair')),
    x REAL NOT NULL,
    y REAL NOT NULL
) STRICT;

CREATE INDEX seats_by_room ON seats (room_id);

-- One row for each seat that is held or sold: no seat of a session has two holders, by the primary key.
CREATE TABLE seat_holders (
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    seat_id INTEGER NOT NULL REFERENCES seats (id),
    reservation_id INTEGER NOT NULL REFERENCES reservations (id),
    PRIMARY KEY (session_id, seat_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX seat_holders_by_reservation ON seat_holders (reservation_id);
CREATE INDEX seat_holders_by_seat ON seat_holders (seat_id);

CREATE TRIGGER reservations_released AFTER UPDATE OF state ON reservations
WHEN NEW.state = 'released'
BEGIN
    DELETE FROM seat_holders WHERE reservation_id = NEW.id;
END;
