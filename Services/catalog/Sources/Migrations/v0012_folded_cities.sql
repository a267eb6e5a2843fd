-- Cities' names as they are searched for, without case and accents. What is in ASCII is folded here; what SQLite cannot
-- fold is NULL until the program has read it.
ALTER TABLE places ADD COLUMN city_folded TEXT;

UPDATE places SET city_folded = lower(city) WHERE city NOT GLOB '*[^ -~]*';

CREATE TRIGGER cities_added AFTER INSERT ON places
BEGIN
    UPDATE places SET city_folded = iif(city GLOB '*[^ -~]*', NULL, lower(city)) WHERE id = NEW.id;
END;

CREATE TRIGGER cities_changed AFTER UPDATE OF city ON places WHEN NEW.city <> OLD.city
BEGIN
    UPDATE places SET city_folded = iif(city GLOB '*[^ -~]*', NULL, lower(city)) WHERE id = NEW.id;
END;

DROP INDEX places_by_city;
CREATE INDEX places_by_folded_city ON places (city_folded);
