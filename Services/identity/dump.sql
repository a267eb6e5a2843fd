PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (
    name TEXT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    safe_for_older_code INTEGER NOT NULL
) STRICT;
INSERT INTO migrations VALUES('v0001_identity','bc6164b07b4d402a',0,0);
INSERT INTO migrations VALUES('v0002_published_keys','25858bf23b3b8a54',0,1);
CREATE TABLE users (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    -- Normalised and case-folded: what makes two spellings one address.
    email_folded TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    role TEXT NOT NULL DEFAULT 'customer' CHECK (role IN ('customer', 'staff', 'admin')),
    created_at INTEGER NOT NULL,
    -- A whole second, as tokens count: one issued before it has been withdrawn.
    tokens_valid_from INTEGER NOT NULL DEFAULT 0 CHECK (tokens_valid_from % 1000 = 0)
) STRICT;
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    seed BLOB NOT NULL CHECK (length(seed) = 32),
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    created_at INTEGER NOT NULL,
    -- It is published from its creation on, and signs from here on until the next one does.
    active_from INTEGER NOT NULL UNIQUE CHECK (active_from >= created_at)
) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency_records (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE published_keys (
    kid TEXT PRIMARY KEY,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    -- What they sign; never empty, so that they are told from the keys of access tokens.
    purpose TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 32),
    -- Told again before then, or gone.
    published_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX users_admins ON users (id) WHERE role = 'admin';
CREATE TRIGGER users_last_admin BEFORE UPDATE OF role ON users
WHEN OLD.role = 'admin' AND NEW.role <> 'admin'
    AND NOT EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND id <> OLD.id)
BEGIN
    SELECT RAISE(ABORT, 'last_admin');
END;
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
COMMIT;
