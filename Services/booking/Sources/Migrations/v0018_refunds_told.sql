-- The audit trail says which tickets were given back, and what they had cost together; both are what they were then,
-- whatever is done to the tickets later.
ALTER TABLE audit ADD COLUMN amount INTEGER;
ALTER TABLE audit ADD COLUMN currency TEXT;
-- A JSON list of numbers.
ALTER TABLE audit ADD COLUMN ticket_ids TEXT NOT NULL DEFAULT '[]';

-- A refund and its tickets have one time.
DROP TRIGGER audit_is_kept;
UPDATE audit
SET (amount, currency, ticket_ids) = (
    SELECT sum(t.amount), max(t.currency), json_group_array(t.id)
    FROM bookings b JOIN tickets t ON t.session_id = b.session_id AND t.booking_id = b.id
    WHERE b.id = audit.booking_id AND t.refunded_at = audit.occurred_at
)
WHERE action = 'refund';
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail does not change'); END;
