PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE migrations (
    name TEXT NOT NULL PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL,
    safe_for_older_code INTEGER NOT NULL
) STRICT;
INSERT INTO migrations VALUES('v0001_catalog','74281464a771c5e2',0,0);
INSERT INTO migrations VALUES('v0002_people_names','f84fe3c8d9ebedd6',0,1);
INSERT INTO migrations VALUES('v0003_places_by_city','88a1997c4b82f189',0,1);
INSERT INTO migrations VALUES('v0004_programme','bb91a25d096977e3',0,1);
INSERT INTO migrations VALUES('v0005_rooms','1804aa2476347446',0,1);
INSERT INTO migrations VALUES('v0006_rating_counts','51401095ef47d42b',0,1);
INSERT INTO migrations VALUES('v0007_seats_left','2f8e9135f1b0e820',0,1);
INSERT INTO migrations VALUES('v0008_movie_words','06359a6051519d28',0,1);
INSERT INTO migrations VALUES('v0009_longest_run','43a8fabd9c52be1e',0,1);
INSERT INTO migrations VALUES('v0010_tariffs','7f5c92665e19cd56',0,0);
INSERT INTO migrations VALUES('v0011_price_changes','e3b8e51a08a0b4d4',0,0);
INSERT INTO migrations VALUES('v0012_folded_cities','22da1e0117312f41',0,1);
CREATE TABLE movies (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 5000),
    poster TEXT CHECK (length(poster) <= 2048),
    -- Minutes.
    duration INTEGER NOT NULL CHECK (duration BETWEEN 1 AND 1000),
    -- Kept by the triggers on ratings, in millionths: the quotient of two integers is the same for equal means, where
    -- a sum of fractions would depend on the order of its terms.
    rating_sum INTEGER NOT NULL DEFAULT 0 CHECK (rating_sum BETWEEN 0 AND rating_count * 5000000),
    rating_count INTEGER NOT NULL DEFAULT 0 CHECK (rating_count >= 0),
    -- First and last start, kept by the triggers on sessions.
    airs_from INTEGER,
    airs_to INTEGER,
    -- Highest mean first, the unrated last: no negative mean is above 0.
    by_rating REAL NOT NULL GENERATED ALWAYS AS (
        CASE WHEN rating_count = 0 THEN 1.0 ELSE -(CAST(rating_sum AS REAL) / rating_count) END) VIRTUAL,
    -- Latest first start first, those without a session last.
    by_newest INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(-airs_from, 9223372036854775807)) VIRTUAL,
    -- Earliest last start first, those without a session last.
    by_leaving INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(airs_to, 9223372036854775807)) VIRTUAL,
    -- The id under another name: SQLite does not seek by a row value that holds the rowid, and would read over all
    -- equals before it.
    by_id INTEGER NOT NULL GENERATED ALWAYS AS (id) VIRTUAL, bookable_until INTEGER,
    CONSTRAINT airs_in_order CHECK ((airs_from IS NULL) = (airs_to IS NULL) AND airs_from <= airs_to)
) STRICT;
CREATE TABLE people (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200)
) STRICT;
CREATE TABLE credits (
    movie_id INTEGER NOT NULL REFERENCES movies (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('director', 'star')),
    -- In the order of the poster, from 0.
    position INTEGER NOT NULL CHECK (position >= 0),
    person_id INTEGER NOT NULL REFERENCES people (id),
    -- Whom a star plays.
    part TEXT CHECK (length(part) BETWEEN 1 AND 200),
    PRIMARY KEY (movie_id, role, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE places (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    address TEXT NOT NULL CHECK (length(address) BETWEEN 1 AND 500),
    city TEXT NOT NULL CHECK (length(city) BETWEEN 1 AND 200),
    -- A name of the IANA time zone database.
    time_zone TEXT NOT NULL
, turnaround_minutes INTEGER CHECK (turnaround_minutes BETWEEN 0 AND 240), city_folded TEXT) STRICT;
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    place_id INTEGER NOT NULL REFERENCES places (id) ON DELETE CASCADE,
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    capacity INTEGER NOT NULL CHECK (capacity > 0),
    -- Whether the capacity is that of a plan, in `seats`.
    seated INTEGER NOT NULL DEFAULT 0 CHECK (seated IN (0, 1)), in_use INTEGER NOT NULL DEFAULT 0 CHECK (in_use IN (0, 1)),
    UNIQUE (id, place_id)
) STRICT;
CREATE TABLE seats (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    row_label TEXT NOT NULL CHECK (length(row_label) BETWEEN 1 AND 10),
    number INTEGER NOT NULL CHECK (number > 0),
    kind TEXT NOT NULL DEFAULT 'standard' CHECK (kind IN ('standard', 'wheelchair', 'companion')),
    -- Where it is drawn.
    x REAL NOT NULL,
    y REAL NOT NULL,
    UNIQUE (room_id, row_label, number)
) STRICT;
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    movie_id INTEGER NOT NULL REFERENCES movies (id),
    room_id INTEGER NOT NULL,
    -- The room's own, beside it for the indexes.
    place_id INTEGER NOT NULL,
    starts_at INTEGER NOT NULL,
    -- Tickets on sale.
    allocation INTEGER NOT NULL CHECK (allocation > 0),
    -- In the currency's smallest unit, and ISO 4217.
    price_amount INTEGER CHECK (price_amount >= 0),
    price_currency TEXT CHECK (price_currency GLOB '[A-Z][A-Z][A-Z]'),
    -- Latest first.
    by_recency INTEGER NOT NULL GENERATED ALWAYS AS (-starts_at) VIRTUAL, free INTEGER CHECK (free >= 0), free_as_of INTEGER CHECK ((free_as_of IS NULL) = (free IS NULL)), free_sequence INTEGER CHECK ((free_sequence IS NULL) = (free IS NULL)), seats_left INTEGER NOT NULL
    GENERATED ALWAYS AS (min(coalesce(free, allocation), allocation)) VIRTUAL, has_seats INTEGER NOT NULL
    GENERATED ALWAYS AS (min(coalesce(free, allocation), allocation) > 0) VIRTUAL,
    CONSTRAINT price_in_a_currency CHECK ((price_amount IS NULL) = (price_currency IS NULL)),
    FOREIGN KEY (room_id, place_id) REFERENCES rooms (id, place_id)
) STRICT;
CREATE TABLE showings (
    movie_id INTEGER NOT NULL,
    place_id INTEGER NOT NULL,
    last_starts_at INTEGER NOT NULL,
    PRIMARY KEY (movie_id, place_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE ratings (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    movie_id INTEGER NOT NULL REFERENCES movies (id) ON DELETE CASCADE,
    user_id INTEGER NOT NULL,
    -- As it was given.
    value REAL NOT NULL CHECK (value BETWEEN 0 AND 5),
    -- As it is summed.
    millionths INTEGER NOT NULL GENERATED ALWAYS AS (CAST(round(value * 1000000) AS INTEGER)) STORED,
    UNIQUE (movie_id, user_id)
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
CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
PRAGMA writable_schema=ON;
INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','people_names','people_names',0,'CREATE VIRTUAL TABLE people_names USING fts5 (
    name, content = ''people'', content_rowid = ''id'', tokenize = ''unicode61 remove_diacritics 2'', prefix = ''1 2 3'')');
CREATE TABLE IF NOT EXISTS 'people_names_data'(id INTEGER PRIMARY KEY, block BLOB);
INSERT INTO people_names_data VALUES(1,X'0000');
INSERT INTO people_names_data VALUES(10,X'00000000000000');
CREATE TABLE IF NOT EXISTS 'people_names_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS 'people_names_docsize'(id INTEGER PRIMARY KEY, sz BLOB);
CREATE TABLE IF NOT EXISTS 'people_names_config'(k PRIMARY KEY, v) WITHOUT ROWID;
INSERT INTO people_names_config VALUES('version',4);
CREATE TABLE session_changes (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    session_id INTEGER NOT NULL UNIQUE REFERENCES sessions (id) ON DELETE CASCADE,
    -- The room is kept free for it meanwhile.
    room_id INTEGER NOT NULL,
    -- What is to be from then on; both null when the session is to be closed and deleted.
    starts_at INTEGER,
    allocation INTEGER CHECK (allocation > 0), price_amount INTEGER CHECK (price_amount >= 0), price_currency TEXT CHECK (price_currency GLOB '[A-Z][A-Z][A-Z]')
    CONSTRAINT price_in_a_currency CHECK ((price_amount IS NULL) = (price_currency IS NULL)),
    CONSTRAINT terms_or_end CHECK ((starts_at IS NULL) = (allocation IS NULL))
) STRICT;
CREATE TABLE rating_counts (
    movie_id INTEGER NOT NULL REFERENCES movies (id) ON DELETE CASCADE,
    -- The value rounded, a half upwards.
    nearest INTEGER NOT NULL CHECK (nearest BETWEEN 0 AND 5),
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (movie_id, nearest)
) STRICT, WITHOUT ROWID;
CREATE TABLE taken_events (
    source TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL CHECK (sequence >= 0)
) STRICT, WITHOUT ROWID;
CREATE TABLE movie_words (
    movie_id INTEGER NOT NULL REFERENCES movies (id) ON DELETE CASCADE,
    word TEXT NOT NULL,
    PRIMARY KEY (movie_id, word)
) STRICT, WITHOUT ROWID;
CREATE TABLE movies_to_read (
    movie_id INTEGER PRIMARY KEY REFERENCES movies (id) ON DELETE CASCADE
) STRICT;
CREATE TABLE tariffs (
    id INTEGER PRIMARY KEY,
    place_id INTEGER REFERENCES places (id) ON DELETE CASCADE,
    room_id INTEGER REFERENCES rooms (id) ON DELETE CASCADE,
    session_id INTEGER REFERENCES sessions (id) ON DELETE CASCADE,
    -- What booking is asked for, until it has agreed.
    change_id INTEGER REFERENCES session_changes (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 19),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 1000000000),
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    -- Who may have it.
    condition TEXT NOT NULL DEFAULT '' CHECK (length(condition) <= 200),
    CONSTRAINT one_owner CHECK (
        (place_id IS NOT NULL) + (room_id IS NOT NULL) + (session_id IS NOT NULL) + (change_id IS NOT NULL) = 1)
) STRICT;
CREATE INDEX movies_by_rating ON movies (by_rating, by_id);
CREATE INDEX movies_by_newest ON movies (by_newest, by_id);
CREATE INDEX movies_by_leaving ON movies (by_leaving, by_id);
CREATE INDEX credits_by_person ON credits (person_id);
CREATE INDEX rooms_by_place ON rooms (place_id);
CREATE INDEX sessions_by_movie ON sessions (movie_id, starts_at);
CREATE INDEX sessions_by_movie_and_place ON sessions (movie_id, place_id, by_recency, id);
CREATE INDEX sessions_by_room ON sessions (room_id, starts_at);
CREATE TRIGGER sessions_added AFTER INSERT ON sessions
BEGIN
    UPDATE movies
    SET airs_from = (SELECT min(starts_at) FROM sessions WHERE movie_id = NEW.movie_id),
        airs_to = (SELECT max(starts_at) FROM sessions WHERE movie_id = NEW.movie_id)
    WHERE id = NEW.movie_id;
    INSERT INTO showings (movie_id, place_id, last_starts_at) VALUES (NEW.movie_id, NEW.place_id, NEW.starts_at)
    ON CONFLICT (movie_id, place_id) DO UPDATE SET last_starts_at = max(last_starts_at, excluded.last_starts_at);
END;
CREATE TRIGGER sessions_removed AFTER DELETE ON sessions
BEGIN
    UPDATE movies
    SET airs_from = (SELECT min(starts_at) FROM sessions WHERE movie_id = OLD.movie_id),
        airs_to = (SELECT max(starts_at) FROM sessions WHERE movie_id = OLD.movie_id)
    WHERE id = OLD.movie_id;
    DELETE FROM showings WHERE movie_id = OLD.movie_id AND place_id = OLD.place_id;
    INSERT INTO showings (movie_id, place_id, last_starts_at)
    SELECT movie_id, place_id, starts_at FROM sessions
    WHERE movie_id = OLD.movie_id AND place_id = OLD.place_id ORDER BY by_recency LIMIT 1;
END;
CREATE TRIGGER sessions_moved AFTER UPDATE OF movie_id, place_id, starts_at ON sessions
BEGIN
    UPDATE movies
    SET airs_from = (SELECT min(starts_at) FROM sessions WHERE movie_id = movies.id),
        airs_to = (SELECT max(starts_at) FROM sessions WHERE movie_id = movies.id)
    WHERE id IN (OLD.movie_id, NEW.movie_id);
    DELETE FROM showings WHERE movie_id = OLD.movie_id AND place_id = OLD.place_id;
    INSERT INTO showings (movie_id, place_id, last_starts_at)
    SELECT movie_id, place_id, starts_at FROM sessions
    WHERE movie_id = OLD.movie_id AND place_id = OLD.place_id ORDER BY by_recency LIMIT 1;
    INSERT INTO showings (movie_id, place_id, last_starts_at) VALUES (NEW.movie_id, NEW.place_id, NEW.starts_at)
    ON CONFLICT (movie_id, place_id) DO UPDATE SET last_starts_at = max(last_starts_at, excluded.last_starts_at);
END;
CREATE TRIGGER ratings_added AFTER INSERT ON ratings
BEGIN
    UPDATE movies SET rating_sum = rating_sum + NEW.millionths, rating_count = rating_count + 1
    WHERE id = NEW.movie_id;
END;
CREATE TRIGGER ratings_removed AFTER DELETE ON ratings
BEGIN
    UPDATE movies SET rating_sum = rating_sum - OLD.millionths, rating_count = rating_count - 1
    WHERE id = OLD.movie_id;
END;
CREATE TRIGGER ratings_changed AFTER UPDATE OF value ON ratings
BEGIN
    UPDATE movies SET rating_sum = rating_sum - OLD.millionths + NEW.millionths WHERE id = NEW.movie_id;
END;
CREATE TRIGGER ratings_stay BEFORE UPDATE OF movie_id, user_id ON ratings
WHEN NEW.movie_id <> OLD.movie_id OR NEW.user_id <> OLD.user_id
BEGIN
    SELECT RAISE(ABORT, 'a rating stays with its movie and its user');
END;
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
CREATE INDEX sessions_by_start ON sessions (starts_at);
CREATE INDEX sessions_by_place ON sessions (place_id, starts_at);
CREATE INDEX sessions_by_movie_in_place ON sessions (movie_id, place_id, starts_at);
CREATE INDEX session_changes_by_room ON session_changes (room_id, starts_at);
CREATE TRIGGER sessions_use_rooms AFTER INSERT ON sessions
BEGIN
    UPDATE rooms SET in_use = 1 WHERE id = NEW.room_id AND in_use = 0;
END;
CREATE TRIGGER ratings_counted AFTER INSERT ON ratings
BEGIN
    INSERT INTO rating_counts (movie_id, nearest, count) VALUES (NEW.movie_id, CAST(round(NEW.value) AS INTEGER), 1)
    ON CONFLICT (movie_id, nearest) DO UPDATE SET count = count + 1;
END;
CREATE TRIGGER ratings_uncounted AFTER DELETE ON ratings
BEGIN
    UPDATE rating_counts SET count = count - 1
    WHERE movie_id = OLD.movie_id AND nearest = CAST(round(OLD.value) AS INTEGER);
END;
CREATE TRIGGER ratings_recounted AFTER UPDATE OF value ON ratings WHEN round(NEW.value) <> round(OLD.value)
BEGIN
    UPDATE rating_counts SET count = count - 1
    WHERE movie_id = OLD.movie_id AND nearest = CAST(round(OLD.value) AS INTEGER);
    INSERT INTO rating_counts (movie_id, nearest, count) VALUES (NEW.movie_id, CAST(round(NEW.value) AS INTEGER), 1)
    ON CONFLICT (movie_id, nearest) DO UPDATE SET count = count + 1;
END;
CREATE INDEX sessions_with_seats ON sessions (has_seats, starts_at);
CREATE INDEX sessions_with_seats_by_movie ON sessions (movie_id, has_seats, starts_at);
CREATE INDEX sessions_with_seats_by_place ON sessions (place_id, has_seats, starts_at);
CREATE INDEX sessions_with_seats_by_movie_in_place ON sessions (movie_id, place_id, has_seats, starts_at);
CREATE INDEX movies_by_bookable_until ON movies (bookable_until) WHERE bookable_until IS NOT NULL;
CREATE TRIGGER seats_offered AFTER INSERT ON sessions WHEN NEW.has_seats = 1
BEGIN
    UPDATE movies SET bookable_until = NEW.starts_at
    WHERE id = NEW.movie_id AND (bookable_until IS NULL OR bookable_until < NEW.starts_at);
END;
CREATE TRIGGER seats_withdrawn AFTER DELETE ON sessions WHEN OLD.has_seats = 1
BEGIN
    UPDATE movies
    SET bookable_until = (SELECT max(starts_at) FROM sessions WHERE movie_id = OLD.movie_id AND has_seats = 1)
    WHERE id = OLD.movie_id AND bookable_until = OLD.starts_at;
END;
CREATE TRIGGER seats_changed AFTER UPDATE OF movie_id, starts_at, allocation, free ON sessions
WHEN NEW.has_seats <> OLD.has_seats
    OR NEW.has_seats = 1 AND (NEW.movie_id <> OLD.movie_id OR NEW.starts_at <> OLD.starts_at)
BEGIN
    UPDATE movies
    SET bookable_until = (SELECT max(starts_at) FROM sessions WHERE movie_id = movies.id AND has_seats = 1)
    WHERE id IN (OLD.movie_id, NEW.movie_id);
END;
CREATE INDEX movie_words_by_word ON movie_words (word, movie_id);
CREATE TRIGGER texts_added AFTER INSERT ON movies
BEGIN
    INSERT INTO movies_to_read (movie_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER texts_changed AFTER UPDATE OF title, description ON movies
WHEN NEW.title <> OLD.title OR NEW.description <> OLD.description
BEGIN
    INSERT INTO movies_to_read (movie_id) VALUES (NEW.id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER credits_added AFTER INSERT ON credits
BEGIN
    INSERT INTO movies_to_read (movie_id) VALUES (NEW.movie_id) ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER credits_removed AFTER DELETE ON credits
BEGIN
    INSERT INTO movies_to_read (movie_id) SELECT id FROM movies WHERE id = OLD.movie_id ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER credits_changed AFTER UPDATE OF movie_id, person_id ON credits
BEGIN
    INSERT INTO movies_to_read (movie_id) SELECT id FROM movies WHERE id IN (OLD.movie_id, NEW.movie_id)
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER people_renamed AFTER UPDATE OF name ON people WHEN NEW.name <> OLD.name
BEGIN
    INSERT INTO movies_to_read (movie_id) SELECT movie_id FROM credits WHERE person_id = NEW.id ON CONFLICT DO NOTHING;
END;
CREATE INDEX showings_by_place ON showings (place_id, movie_id);
CREATE INDEX places_by_zone ON places (time_zone);
CREATE INDEX movies_by_run ON movies (airs_to - airs_from);
CREATE UNIQUE INDEX tariffs_of_place ON tariffs (place_id, position) WHERE place_id IS NOT NULL;
CREATE UNIQUE INDEX tariffs_of_room ON tariffs (room_id, position) WHERE room_id IS NOT NULL;
CREATE UNIQUE INDEX tariffs_of_session ON tariffs (session_id, position) WHERE session_id IS NOT NULL;
CREATE UNIQUE INDEX tariffs_of_change ON tariffs (change_id, position) WHERE change_id IS NOT NULL;
CREATE TRIGGER cities_added AFTER INSERT ON places
BEGIN
    UPDATE places SET city_folded = iif(city GLOB '*[^ -~]*', NULL, lower(city)) WHERE id = NEW.id;
END;
CREATE TRIGGER cities_changed AFTER UPDATE OF city ON places WHEN NEW.city <> OLD.city
BEGIN
    UPDATE places SET city_folded = iif(city GLOB '*[^ -~]*', NULL, lower(city)) WHERE id = NEW.id;
END;
CREATE INDEX places_by_folded_city ON places (city_folded);
PRAGMA writable_schema=OFF;
COMMIT;
