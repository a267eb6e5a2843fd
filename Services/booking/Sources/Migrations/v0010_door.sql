-- The door: who was let in, and what devices scanned while they were offline.

-- Once for each ticket, by the primary key. Rows are only ever added.
CREATE TABLE check_ins (
    ticket_id INTEGER PRIMARY KEY REFERENCES tickets (id),
    -- Offline it is when the device says, online and otherwise at the latest when this was told.
    admitted_at INTEGER NOT NULL,
    -- As the device calls it; NULL where it does not say.
    door TEXT,
    staff_id INTEGER NOT NULL
) STRICT;

-- What devices scanned offline, each scan once and for good, whatever came of it.
CREATE TABLE scans (
    sequence INTEGER PRIMARY KEY,
    -- Of the code, the time and the door: a scan that is uploaded again is the same one.
    digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
    -- NULL for a code that is none of ours.
    ticket_id INTEGER REFERENCES tickets (id),
    -- The ticket's; NULL with it.
    session_id INTEGER,
    door TEXT,
    staff_id INTEGER NOT NULL,
    -- By the device's clock.
    scanned_at INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL,
    -- `conflict`: the device could not know better than to let somebody in, and should not have.
    result TEXT NOT NULL CHECK (result IN ('admitted', 'conflict', 'refused')),
    -- Why not.
    code TEXT,
    CONSTRAINT reason_or_admitted CHECK ((result = 'admitted') = (code IS NULL)),
    CONSTRAINT conflict_of_a_ticket CHECK (result = 'refused' OR ticket_id IS NOT NULL),
    CONSTRAINT ticket_of_a_session CHECK ((ticket_id IS NULL) = (session_id IS NULL))
) STRICT;

CREATE INDEX scans_conflicts ON scans (session_id, sequence) WHERE result = 'conflict';

CREATE TRIGGER check_ins_are_kept BEFORE UPDATE ON check_ins BEGIN SELECT RAISE(ABORT, 'who was let in was let in'); END;
CREATE TRIGGER check_ins_stay BEFORE DELETE ON check_ins BEGIN SELECT RAISE(ABORT, 'who was let in was let in'); END;
CREATE TRIGGER scans_are_kept BEFORE UPDATE ON scans BEGIN SELECT RAISE(ABORT, 'what was scanned was scanned'); END;
CREATE TRIGGER scans_stay BEFORE DELETE ON scans BEGIN SELECT RAISE(ABORT, 'what was scanned was scanned'); END;
