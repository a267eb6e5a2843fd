-- How many ratings of a movie are nearest to each whole number, kept by the triggers below: a histogram of a million
-- ratings is six rows.
CREATE TABLE rating_counts (
    movie_id INTEGER NOT NULL REFERENCES movies (id) ON DELETE CASCADE,
    -- The value rounded, a half upwards.
    nearest INTEGER NOT NULL CHECK (nearest BETWEEN 0 AND 5),
    count INTEGER NOT NULL CHECK (count >= 0),
    PRIMARY KEY (movie_id, nearest)
) STRICT, WITHOUT ROWID;

INSERT INTO rating_counts (movie_id, nearest, count)
SELECT movie_id, CAST(round(value) AS INTEGER), count(*) FROM ratings GROUP BY 1, 2;

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
