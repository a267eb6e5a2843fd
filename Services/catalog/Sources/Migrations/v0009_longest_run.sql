-- For how long the movie is on that is on for longest: what is on at a moment has begun no longer before it.
CREATE INDEX movies_by_run ON movies (airs_to - airs_from);
