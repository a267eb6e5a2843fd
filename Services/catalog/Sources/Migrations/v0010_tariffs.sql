-- What the seats of a session cost: its own tariffs, copied from those of its room or its place when it is made.
--
-- A list has one owner, one currency, and an order: its first tariff is what a seat costs unless the customer says
-- otherwise. It is replaced whole. `amount` counts the currency's smallest unit, `currency` is of ISO 4217.

CREATE TABLE tariffs (
    id INTEGER PRIMARY KEY,
    place_id INTEGER REFERENCES places (id) ON DELETE CASCADE,
    room_id INTEGER REFERENCES rooms (id) ON DELETE CASCADE,
    session_id INTEGER REFERENCES sessions (id) ON DELETE CASCADE,
    -- What booking is asked for, until it has agreed.
    change_id INTEGER REFERENCES session_changes (id) ON DELETE CASCADE,
    position INTEGER NOT NULL CHECK (position BETWEEN 0 AND 19),
    name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 50),
    amount INTEGER NOT NULL CHECK (amount BETWEEN 0 AND 1000000000),
    currency TEXT NOT NULL CHECK (currency GLOB '[A-Z][A-Z][A-Z]'),
    -- Who may have it.
    condition TEXT NOT NULL DEFAULT '' CHECK (length(condition) <= 200),
    CONSTRAINT one_owner CHECK (
        (place_id IS NOT NULL) + (room_id IS NOT NULL) + (session_id IS NOT NULL) + (change_id IS NOT NULL) = 1)
) STRICT;

CREATE UNIQUE INDEX tariffs_of_place ON tariffs (place_id, position) WHERE place_id IS NOT NULL;
CREATE UNIQUE INDEX tariffs_of_room ON tariffs (room_id, position) WHERE room_id IS NOT NULL;
CREATE UNIQUE INDEX tariffs_of_session ON tariffs (session_id, position) WHERE session_id IS NOT NULL;
CREATE UNIQUE INDEX tariffs_of_change ON tariffs (change_id, position) WHERE change_id IS NOT NULL;
