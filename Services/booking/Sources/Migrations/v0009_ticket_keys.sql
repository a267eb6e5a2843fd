-- The keys that tickets' codes are signed with. They stand in the database, so that a copy of it that is restored still
-- lets people in. The seed is the secret: it leaves this table for the signer's memory alone.
CREATE TABLE ticket_keys (
    kid TEXT PRIMARY KEY,
    seed BLOB NOT NULL CHECK (length(seed) = 32),
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    created_at INTEGER NOT NULL,
    -- It is published from its creation on, and signs from here on until the next one does.
    active_from INTEGER NOT NULL UNIQUE CHECK (active_from >= created_at),
    -- When the last session is over whose tickets it may have signed; NULL while it signs.
    needed_until INTEGER
) STRICT, WITHOUT ROWID;
