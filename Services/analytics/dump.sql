PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (
    name TEXT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    safe_for_older_code INTEGER NOT NULL
) STRICT;
INSERT INTO migrations VALUES('v0001_events','f04968a13dcf460b',0,0);
CREATE TABLE events (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    tracking_id TEXT NOT NULL,
    type TEXT NOT NULL CHECK (type IN ('page_enter', 'page_exit')),
    scheme TEXT NOT NULL,
    path TEXT NOT NULL,
    -- A JSON object of names to strings or lists of strings, in the order they came.
    query TEXT NOT NULL CHECK (query LIKE '{%}'),
    -- Whoever was signed in.
    user_id INTEGER,
    received_at INTEGER NOT NULL
) STRICT;
CREATE TABLE idempotency_records (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
COMMIT;
