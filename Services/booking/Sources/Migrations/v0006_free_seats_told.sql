-- Catalog follows what happens from now on. What happened before may be deleted already, so every session that was ever
-- met says once more what is free in it.

INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
SELECT 'session.changed', id, NULL, 0, allocation - held - sold, unixepoch() * 1000 FROM sessions ORDER BY id;
