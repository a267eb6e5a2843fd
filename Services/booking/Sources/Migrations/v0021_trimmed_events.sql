-- How far the log for followers is cut off: what the journal has of later times must be told in it.
CREATE TABLE trimmed_events (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- The latest time at which anything happened that is deleted.
    until INTEGER NOT NULL
) STRICT;

-- Until now nobody wrote it down: it was a week.
INSERT INTO trimmed_events (id, until)
SELECT 1, unixepoch() * 1000 - 604800000 WHERE EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'events' AND seq > 0);
