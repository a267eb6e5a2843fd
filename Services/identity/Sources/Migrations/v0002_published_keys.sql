-- Public keys of other services, which sign something else than access tokens: published beside identity's own for
-- whoever checks that something without asking anybody.
CREATE TABLE published_keys (
    kid TEXT PRIMARY KEY,
    public_key BLOB NOT NULL CHECK (length(public_key) = 32),
    -- What they sign; never empty, so that they are told from the keys of access tokens.
    purpose TEXT NOT NULL CHECK (length(purpose) BETWEEN 1 AND 32),
    -- Told again before then, or gone.
    published_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
