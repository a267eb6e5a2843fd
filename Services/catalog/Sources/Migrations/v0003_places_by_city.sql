-- The letters A to Z of a city's name count alike in either case.
CREATE INDEX places_by_city ON places (city COLLATE NOCASE);
