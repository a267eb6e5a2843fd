-- Sample bookings of the sample customer, in sessions of the past week: ids as catalog's seeds.sql numbers them.
-- Dates are relative to the moment this is loaded.

INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
VALUES
    (300000000001101, (unixepoch() - 518400) * 1000, 240, 200000000000001, 'Nosferatu', 500000000000001,
     'Marquee Bastille', 0),
    (300000000003202, (unixepoch() - 345600) * 1000, 180, 200000000000002, 'Metropolis', 500000000000002,
     'Marquee Bellecour', 0);

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
