-- What rooms and places need to be changed by.

-- Minutes between the end of a movie and the start of the next one in its rooms; null is what the service is set to.
ALTER TABLE places ADD COLUMN turnaround_minutes INTEGER CHECK (turnaround_minutes BETWEEN 0 AND 240);

-- Whether the room has, or had, a session: its plan of seats may be known to booking from then on, and stays. What
-- sessions the seated rooms had that are gone by now is not known.
ALTER TABLE rooms ADD COLUMN in_use INTEGER NOT NULL DEFAULT 0 CHECK (in_use IN (0, 1));

UPDATE rooms SET in_use = 1 WHERE seated = 1 OR EXISTS (SELECT 1 FROM sessions WHERE room_id = rooms.id);

CREATE TRIGGER sessions_use_rooms AFTER INSERT ON sessions
BEGIN
    UPDATE rooms SET in_use = 1 WHERE id = NEW.room_id AND in_use = 0;
END;
