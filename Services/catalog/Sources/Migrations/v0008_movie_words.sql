-- The words of each movie's title, description and people, folded as the program folds what is searched for: whether a
-- movie has a word that begins so, and which movies have, are both one step down an index.
CREATE TABLE movie_words (
    movie_id INTEGER NOT NULL REFERENCES movies (id) ON DELETE CASCADE,
    word TEXT NOT NULL,
    PRIMARY KEY (movie_id, word)
) STRICT, WITHOUT ROWID;

CREATE INDEX movie_words_by_word ON movie_words (word, movie_id);

-- Movies whose texts have changed since their words were read: the program reads them and empties this.
CREATE TABLE movies_to_read (
    movie_id INTEGER PRIMARY KEY REFERENCES movies (id) ON DELETE CASCADE
) STRICT;

INSERT INTO movies_to_read (movie_id) SELECT id FROM movies;

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

-- Not of a movie that is being removed.
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

-- What has ever been shown in a place, and which time zones there are.
CREATE INDEX showings_by_place ON showings (place_id, movie_id);
CREATE INDEX places_by_zone ON places (time_zone);
