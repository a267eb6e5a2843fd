-- What tells a database that was put back to an older state without `restore`: a file copied back, a volume's snapshot,
-- an empty volume.

-- Followers that have not said how far they are since booking began, and the last number that was given before it did.
-- One that has taken a later one has it from another life of the log.
CREATE TABLE unasked_followers (
    name TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When an event was written that tells again what happened earlier: since then it waits to be taken.
ALTER TABLE events ADD COLUMN retold_at INTEGER;
