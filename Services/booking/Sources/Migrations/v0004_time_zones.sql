-- Weekdays and times of day are the place's own. Sessions met before catalog told a zone are all in France.
ALTER TABLE sessions ADD COLUMN time_zone TEXT NOT NULL DEFAULT 'Europe/Paris';
