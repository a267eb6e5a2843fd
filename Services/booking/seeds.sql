-- Sample bookings of the sample customer, in sessions of the past week: ids, names and times as catalog's seeds.sql has
-- them. Dates are relative to the moment this is loaded.

INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
WITH
sample (day, time, id, allocation, movie_id, movie_title, place_id, place_name) AS (VALUES
    (1, '11:15', 300000000001101, 400, 100000000000016, 'Man with a Movie Camera', 200000000000001,
     'Marquee Paris Martyrs'),
    (3, '14:30', 300000000003202, 260, 100000000000002, 'Nosferatu', 200000000000002, 'Marquee Lyon Terreaux')
),
dated AS (SELECT *, date('now', '+1 hour', (day - 7) || ' days') AS date FROM sample)
-- Paris is two hours ahead of UTC from the last Sunday of March to the last of October, otherwise one.
SELECT id, 1000 * (unixepoch(date || ' ' || time) - 3600 * iif(
        date >= date(strftime('%Y', date) || '-03-31', '-6 days', 'weekday 0')
        AND date < date(strftime('%Y', date) || '-10-31', '-6 days', 'weekday 0'), 2, 1)),
    allocation, movie_id, movie_title, place_id, place_name, 0
FROM dated;

-- One evening out, one that was called off, and one that was left to expire.
INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at, cancelled_at)
VALUES
    (600000000000001, 100000000000001, 300000000001101, (unixepoch() - 604800) * 1000, (unixepoch() - 604740) * 1000,
     (unixepoch() - 604770) * 1000, NULL),
    (600000000000002, 100000000000001, 300000000003202, (unixepoch() - 432000) * 1000, (unixepoch() - 431940) * 1000,
     NULL, (unixepoch() - 431980) * 1000),
    (600000000000003, 100000000000001, 300000000003202, (unixepoch() - 431900) * 1000, (unixepoch() - 431840) * 1000,
     NULL, NULL);

INSERT INTO reservations (id, booking_id, session_id, seats, state, held_until, reserved_at)
VALUES
    (700000000000001, 600000000000001, 300000000001101, 2, 'sold', (unixepoch() - 604740) * 1000,
     (unixepoch() - 604790) * 1000),
    (700000000000002, 600000000000002, 300000000003202, 4, 'released', (unixepoch() - 431940) * 1000,
     (unixepoch() - 431990) * 1000);

INSERT INTO tickets (id, booking_id, session_id)
VALUES (800000000000001, 600000000000001, 300000000001101), (800000000000002, 600000000000001, 300000000001101);

-- What happened to them, for those who follow it; that the last one ran out is noted at the first start.
INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
VALUES
    ('booking.opened', 300000000001101, 600000000000001, 0, 400, (unixepoch() - 604800) * 1000),
    ('seats.reserved', 300000000001101, 600000000000001, 2, 398, (unixepoch() - 604790) * 1000),
    ('booking.confirmed', 300000000001101, 600000000000001, 2, 398, (unixepoch() - 604770) * 1000),
    ('booking.opened', 300000000003202, 600000000000002, 0, 260, (unixepoch() - 432000) * 1000),
    ('seats.reserved', 300000000003202, 600000000000002, 4, 256, (unixepoch() - 431990) * 1000),
    ('booking.cancelled', 300000000003202, 600000000000002, 4, 260, (unixepoch() - 431980) * 1000),
    ('booking.opened', 300000000003202, 600000000000003, 0, 260, (unixepoch() - 431900) * 1000);
