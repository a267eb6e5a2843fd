-- What the seats of a session cost, and what a booking's are held or were bought at.

-- As catalog last told them; none where the session has no prices. `amount` counts the currency's smallest unit,
-- `currency` is of ISO 4217. The first is what a seat costs unless the customer says otherwise.
CREATE TABLE session_tariffs (
    session_id INTEGER NOT NULL REFERENCES sessions (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    name TEXT NOT NULL CHECK (name <> ''),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 1000000000),
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    condition TEXT NOT NULL,
    PRIMARY KEY (session_id, position),
    UNIQUE (session_id, name)
) STRICT, WITHOUT ROWID;

-- Replaced whole each time the booking reserves, at the prices of that moment: later ones do not touch it. Its seats
-- are those of the reservation.
CREATE TABLE booking_lines (
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    position INTEGER NOT NULL CHECK (position >= 0),
    tariff TEXT NOT NULL CHECK (tariff <> ''),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 1000000000),
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    seats INTEGER NOT NULL CHECK (seats > 0),
    PRIMARY KEY (booking_id, position)
) STRICT, WITHOUT ROWID;
