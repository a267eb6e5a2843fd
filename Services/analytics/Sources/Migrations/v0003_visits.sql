-- What visits came to. A worker makes all of this from `events`; `taken_events` says how far it has come, so that rows
-- from before this migration are counted too.

-- What visits are counted by: all of them, a page's path, any film, a film.
CREATE TABLE subjects (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('everything', 'page', 'any_movie', 'movie')),
    name TEXT NOT NULL,
    UNIQUE (kind, name)
) STRICT;

INSERT INTO subjects (id, kind, name) VALUES (1, 'everything', ''), (2, 'any_movie', '');

-- A page that was entered, under the id of that event.
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    -- The first event of its tracking_id.
    visitor INTEGER NOT NULL,
    page_id INTEGER NOT NULL REFERENCES subjects (id),
    -- A hash of the page's scheme and query.
    variant INTEGER NOT NULL,
    entered_at INTEGER NOT NULL,
    -- In milliseconds; NULL until the page is left, and for ever where it is not.
    dwell INTEGER CHECK (dwell BETWEEN 0 AND 86400000)
) STRICT;

CREATE INDEX visits_open ON visits (visitor, page_id, variant, id) WHERE dwell IS NULL;

-- Each visit once for each subject it counts for. By visitor it tells whether somebody was there before, by time who was
-- there in a part of a day.
CREATE TABLE sights (
    subject_id INTEGER NOT NULL,
    visitor INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    visit_id INTEGER NOT NULL,
    PRIMARY KEY (subject_id, visitor, seen_at, visit_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sights_by_time ON sights (subject_id, seen_at);

-- Days since 1970-01-01, in UTC.
CREATE TABLE subject_days (
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    day INTEGER NOT NULL,
    is_page INTEGER NOT NULL CHECK (is_page IN (0, 1)),
    visits INTEGER NOT NULL,
    visitors INTEGER NOT NULL,
    -- How many visits lasted how long.
    dwells BLOB NOT NULL,
    PRIMARY KEY (subject_id, day)
) STRICT, WITHOUT ROWID;

CREATE INDEX subject_days_of_pages ON subject_days (day, subject_id) WHERE is_page = 1;

-- How many of a day's visitors had been there last on which day; the least number there is stands for never. Whoever was
-- there before within a period counted then: so a sum tells how many there were in a period, without looking at any.
CREATE TABLE subject_returns (
    subject_id INTEGER NOT NULL REFERENCES subjects (id),
    previous_day INTEGER NOT NULL,
    day INTEGER NOT NULL,
    visitors INTEGER NOT NULL,
    PRIMARY KEY (subject_id, previous_day, day)
) STRICT, WITHOUT ROWID;

-- Hours since 1970-01-01, in UTC.
CREATE TABLE visit_hours (
    hour INTEGER PRIMARY KEY,
    visits INTEGER NOT NULL,
    visitors INTEGER NOT NULL,
    dwells BLOB NOT NULL
) STRICT;
