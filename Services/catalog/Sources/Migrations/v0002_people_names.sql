-- The words of people's names, case and accents folded, for searching by their beginnings. Whoever adds a person adds
-- the name here: a trigger may not, as the schema of a file is not trusted with virtual tables.

CREATE VIRTUAL TABLE people_names USING fts5 (
    name, content = 'people', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

INSERT INTO people_names (people_names) VALUES ('rebuild');
