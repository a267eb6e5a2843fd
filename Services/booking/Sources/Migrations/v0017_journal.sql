-- What happened to seats, for good: each entry is tied to the one before it. It is begun by the program, which makes an
-- opening entry for everything that is there; older code would write past it.
CREATE TABLE journal (
    -- Without a gap, from 1 on.
    number INTEGER PRIMARY KEY CHECK (number > 0),
    -- NULL for what is of none.
    session_id INTEGER,
    -- JSON.
    entry TEXT NOT NULL,
    -- SHA-256 of the hash before it (32 zero bytes before the first), the session's number in decimal or 0, a space,
    -- and the entry.
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE TRIGGER journal_is_kept BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal does not change'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal does not change'); END;
