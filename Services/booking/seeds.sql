-- Sample bookings: of the sample customer in sessions of the past week, and of many others in two of the coming days, one
-- of which is sold out and the other nearly. Ids, names, seats and times are as catalog's seeds.sql has them. Dates are
-- relative to the moment this is loaded.

INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at, room_id)
WITH
sample (day, time, id, allocation, movie_id, movie_title, place_id, place_name, room_id) AS (VALUES
    (1, '11:15', 300000000001101, 400, 100000000000016, 'Man with a Movie Camera', 200000000000001,
     'Marquee Paris Martyrs', NULL),
    (3, '14:30', 300000000003202, 260, 100000000000002, 'Nosferatu', 200000000000002, 'Marquee Lyon Terreaux', NULL),
    (9, '20:00', 300000000009804, 60, 100000000000022, 'Le Dernier Tramway', 200000000000008, 'Marquee Toulouse Carmes',
     210000000000008),
    (10, '20:45', 300000000010704, 90, 100000000000020, 'The Night Projectionist', 200000000000007,
     'Marquee Nantes Graslin', NULL)
),
dated AS (SELECT *, date('now', '+1 hour', (day - 7) || ' days') AS date FROM sample)
-- Paris is two hours ahead of UTC from the last Sunday of March to the last of October, otherwise one.
SELECT id, 1000 * (unixepoch(date || ' ' || time) - 3600 * iif(
        date >= date(strftime('%Y', date) || '-03-31', '-6 days', 'weekday 0')
        AND date < date(strftime('%Y', date) || '-10-31', '-6 days', 'weekday 0'), 2, 1)),
    allocation, movie_id, movie_title, place_id, place_name, 0, room_id
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

-- The plan of the room in Toulouse: six rows with an aisle after the second or third seat, a wheelchair bay in front.
INSERT INTO seats (id, room_id, row_label, number, kind, x, y)
WITH RECURSIVE
lines (y, left, count) AS (VALUES (0, 2, 8), (1, 3, 11), (2, 3, 11), (3, 3, 11), (4, 3, 11), (5, 2, 8)),
places (y, number, left, count) AS (
    SELECT y, 1, left, count FROM lines UNION ALL SELECT y, number + 1, left, count FROM places WHERE number < count
)
SELECT 220000000008000 + row_number() OVER (ORDER BY y, number), 210000000000008, char(65 + y), number,
    CASE WHEN y = 0 AND number = 1 THEN 'wheelchair' WHEN y = 0 AND number = 2 THEN 'companion' ELSE 'standard' END,
    iif(number <= left, 3 - left, 4 - left) + number, y
FROM places;

-- Yesterday one booking a minute: 24 in Toulouse, 35 in Nantes, of 2, 3, 1 and 4 seats in turn. That is all 60 of
-- Toulouse, and 86 of the 90 of Nantes.
INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, confirmed_at)
WITH RECURSIVE
sales (place, session_id, count) AS (VALUES (8, 300000000009804, 24), (7, 300000000010704, 35)),
sold (place, session_id, count, number) AS (
    SELECT place, session_id, count, 1 FROM sales
    UNION ALL SELECT place, session_id, count, number + 1 FROM sold WHERE number < count
),
dated AS (SELECT *, (unixepoch() - 86400 + number * 60 + place) * 1000 AS moment FROM sold)
SELECT 600000000000000 + place * 1000 + number, 100000000000100 + number, session_id, moment, moment + 60000,
    moment + 30000
FROM dated;

INSERT INTO reservations (id, booking_id, session_id, seats, state, held_until, reserved_at)
SELECT id + 100000000000000, id, session_id, CASE id % 4 WHEN 1 THEN 2 WHEN 2 THEN 3 WHEN 3 THEN 1 ELSE 4 END, 'held',
    closes_at, created_at + 10000
FROM bookings WHERE id > 600000000007000;

-- In the order of the seats.
INSERT INTO seat_holders (session_id, seat_id, reservation_id, room_id)
SELECT r.session_id, s.id, r.id, s.room_id
FROM (SELECT *, sum(seats) OVER (ORDER BY id) AS last FROM reservations WHERE session_id = 300000000009804) r
JOIN seats s ON s.id - 220000000008000 BETWEEN r.last - r.seats + 1 AND r.last;

UPDATE reservations SET state = 'sold' WHERE id > 700000000007000;

INSERT INTO tickets (id, booking_id, session_id, seat_id)
WITH RECURSIVE places (booking_id, session_id, reservation_id, seats, number) AS (
    SELECT booking_id, session_id, id, seats, 1 FROM reservations WHERE id > 700000000007000
    UNION ALL SELECT booking_id, session_id, reservation_id, seats, number + 1 FROM places WHERE number < seats
)
SELECT 800000000000000 + p.booking_id % 1000000 * 10 + p.number, p.booking_id, p.session_id, h.seat_id
FROM places p LEFT JOIN (
    SELECT reservation_id, seat_id, row_number() OVER (PARTITION BY reservation_id ORDER BY seat_id) AS number
    FROM seat_holders) h ON h.reservation_id = p.reservation_id AND h.number = p.number;

INSERT INTO events (type, session_id, booking_id, seats, free, occurred_at)
WITH
steps (type, milliseconds) AS (VALUES ('booking.opened', 0), ('seats.reserved', 10000), ('booking.confirmed', 30000)),
sold AS (
    SELECT b.id, b.session_id, b.created_at, r.seats, s.allocation - sum(r.seats) OVER (
        PARTITION BY b.session_id ORDER BY b.id) AS free
    FROM bookings b JOIN reservations r ON r.booking_id = b.id JOIN sessions s ON s.id = b.session_id
    WHERE b.id > 600000000007000
)
SELECT type, session_id, id, iif(milliseconds = 0, 0, seats), iif(milliseconds = 0, free + seats, free),
    created_at + milliseconds
FROM sold, steps ORDER BY created_at + milliseconds, id;

-- They were told by mail at the time.
INSERT INTO followers (name, sequence) SELECT 'mail', max(sequence) FROM events WHERE true
ON CONFLICT (name) DO UPDATE SET sequence = excluded.sequence;
