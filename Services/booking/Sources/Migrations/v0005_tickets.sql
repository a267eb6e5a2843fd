-- Tickets: one for each seat, or each place of an unseated room, that is sold; and what a ticket says of its session.

-- Beside the names, as catalog last told them (`detailed_at`). All five are NULL for a session that was met before
-- catalog told them: it is asked when a ticket is first shown.
ALTER TABLE sessions ADD COLUMN room_name TEXT;
ALTER TABLE sessions ADD COLUMN place_address TEXT;
ALTER TABLE sessions ADD COLUMN place_city TEXT;
-- Of the film, in minutes.
ALTER TABLE sessions ADD COLUMN duration INTEGER;
ALTER TABLE sessions ADD COLUMN detailed_at INTEGER;

-- Rows are added when a booking is confirmed, in the order of its seats, and never go.
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY CHECK (id > 0),
    booking_id INTEGER NOT NULL,
    session_id INTEGER NOT NULL,
    -- NULL where seats are only counted. The seat is somebody else's again once the ticket is refunded.
    seat_id INTEGER REFERENCES seats (id),
    -- What it was sold at: all three, or none where the session has no prices. `amount` counts the currency's smallest
    -- unit, `currency` is of ISO 4217.
    tariff TEXT,
    amount INTEGER CHECK (amount >= 0),
    currency TEXT,
    -- Which of its codes is good: the first, until it is issued anew.
    generation INTEGER NOT NULL DEFAULT 1 CHECK (generation > 0),
    -- NULL unless it was given back.
    refunded_at INTEGER,
    CONSTRAINT priced_or_not CHECK ((tariff IS NULL) = (amount IS NULL) AND (amount IS NULL) = (currency IS NULL)),
    FOREIGN KEY (booking_id, session_id) REFERENCES bookings (id, session_id)
) STRICT;

-- A booking's tickets and a session's, by one index, for a sale to keep one alone.
CREATE INDEX tickets_by_session ON tickets (session_id, booking_id);

-- What was sold before has tickets too, with ids of the millisecond in which it was confirmed.
INSERT INTO tickets (id, booking_id, session_id, seat_id)
WITH RECURSIVE
place (booking_id, session_id, reservation_id, moment, seats, number) AS (
    SELECT b.id, b.session_id, r.id, max(coalesce(b.confirmed_at, b.created_at) - 1704067200000, 1), r.seats, 1
    FROM bookings b JOIN reservations r ON r.booking_id = b.id WHERE r.state = 'sold'
    UNION ALL
    SELECT booking_id, session_id, reservation_id, moment, seats, number + 1 FROM place WHERE number < seats
),
seated (reservation_id, seat_id, number) AS (
    SELECT h.reservation_id, h.seat_id,
        row_number() OVER (PARTITION BY h.reservation_id ORDER BY s.y, s.x, s.id)
    FROM seat_holders h JOIN seats s ON s.id = h.seat_id
)
SELECT (p.moment << 22) + row_number() OVER (PARTITION BY p.moment ORDER BY p.booking_id, p.number) - 1,
    p.booking_id, p.session_id, s.seat_id
FROM place p LEFT JOIN seated s ON s.reservation_id = p.reservation_id AND s.number = p.number;
