-- Where each booking that costs something is paid, noted when it is confirmed; what operators settle at the provider by hand,
-- in the audit trail; and how many of the tickets that were given back had let somebody in.

-- NULL where nothing is to be paid.
ALTER TABLE bookings ADD COLUMN paid_through TEXT CHECK (paid_through IN ('counter', 'stripe'));

-- What was confirmed until now without a payment was to be paid at the counter.
UPDATE bookings SET paid_through = iif(
    EXISTS (SELECT 1 FROM payments p WHERE p.booking_id = bookings.id AND p.confirmed_at IS NOT NULL), 'stripe', 'counter')
WHERE confirmed_at IS NOT NULL
    AND EXISTS (SELECT 1 FROM booking_lines l WHERE l.booking_id = bookings.id AND l.amount > 0);

-- SQLite changes no CHECK: the table is made anew.
CREATE TABLE moved_audit AS SELECT * FROM audit;
DROP TABLE audit;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- NULL for what the service did by itself, and for operators at its command line, whose reason says who they are.
    actor_id INTEGER,
    action TEXT NOT NULL CHECK (action IN ('cancel', 'refund', 'settle_payment')),
    booking_id INTEGER NOT NULL REFERENCES bookings (id),
    reason TEXT NOT NULL,
    status_before TEXT NOT NULL,
    status_after TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    seats_before INTEGER NOT NULL DEFAULT 0,
    seats_after INTEGER NOT NULL DEFAULT 0,
    used_tickets INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO audit (id, actor_id, action, booking_id, reason, status_before, status_after, occurred_at, seats_before,
    seats_after)
SELECT id, actor_id, action, booking_id, reason, status_before, status_after, occurred_at, seats_before, seats_after
FROM moved_audit;
DROP TABLE moved_audit;
CREATE INDEX audit_by_booking ON audit (booking_id);
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;
