import SQLite

/// Something that holds of every payment: who offends against it.
struct PaymentRule {
    let says: String
    /// One column: what to call the offender.
    let offenders: SQL

    static let all = [
        PaymentRule(
            says: "it is paid for, and the booking is not confirmed",
            offenders: """
                SELECT 'pay_' || p.id FROM payments p JOIN bookings b ON b.id = p.booking_id
                WHERE (p.state = 'authorized' OR (p.state = 'captured' AND p.confirmed_at IS NOT NULL))
                    AND b.confirmed_at IS NULL
                """),
        PaymentRule(
            says: "it confirmed the booking, is not good any more, and the booking keeps its seats",
            offenders: """
                SELECT 'pay_' || p.id FROM payments p JOIN bookings b ON b.id = p.booking_id
                WHERE p.confirmed_at IS NOT NULL AND p.state NOT IN ('authorized', 'captured')
                    AND b.refunded_at IS NULL
                """),
        PaymentRule(
            says: "it does not come to the total of the booking",
            offenders: """
                SELECT 'pay_' || p.id FROM payments p WHERE p.confirmed_at IS NOT NULL AND p.amount IS NOT (
                    SELECT sum(l.amount * l.seats) FROM booking_lines l WHERE l.booking_id = p.booking_id)
                """),
        PaymentRule(
            says: "it was taken for a booking that it did not confirm, and does not all go back",
            offenders: """
                SELECT 'pay_' || p.id FROM payments p
                WHERE p.state = 'captured' AND p.confirmed_at IS NULL AND p.amount <> (
                    SELECT coalesce(sum(j.amount), 0) FROM payment_jobs j
                    WHERE j.payment_id = p.id AND j.kind = 'refund' AND j.state <> 'failed')
                """),
        PaymentRule(
            says: "what goes back of it is not what its tickets cost that were given back",
            offenders: """
                SELECT 'pay_' || p.id FROM payments p JOIN bookings b ON b.id = p.booking_id
                WHERE p.state IN ('authorized', 'captured') AND p.confirmed_at IS NOT NULL AND (
                    SELECT coalesce(sum(j.amount), 0) FROM payment_jobs j
                    WHERE j.payment_id = p.id AND j.kind = 'refund' AND j.state <> 'failed') <> (
                    SELECT coalesce(sum(t.amount), 0) FROM tickets t
                    WHERE t.session_id = b.session_id AND t.booking_id = b.id AND t.refunded_at IS NOT NULL)
                """),
        PaymentRule(
            says: "nobody is left to see to it",
            offenders: """
                SELECT 'pay_' || p.id FROM payments p
                WHERE p.state IN ('authorizing', 'action_required', 'authorized', 'voiding') AND NOT EXISTS (
                    SELECT 1 FROM payment_jobs j WHERE j.payment_id = p.id AND j.state = 'waiting')
                """),
        PaymentRule(
            says: "the provider refused to do it: it needs a person",
            offenders: """
                SELECT 'pay_' || payment_id || ', job ' || id || ', ' || kind || ' ' || coalesce(last_error, '')
                FROM payment_jobs WHERE state = 'failed'
                """),
        PaymentRule(
            says: "it costs something, and is neither paid nor to be paid at the counter",
            offenders: """
                SELECT 'bkg_' || b.id FROM bookings b
                WHERE b.confirmed_at IS NOT NULL AND b.refunded_at IS NULL AND b.paid_through IS NOT 'counter'
                    AND EXISTS (SELECT 1 FROM booking_lines l WHERE l.booking_id = b.id AND l.amount > 0)
                    AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.booking_id = b.id AND p.confirmed_at IS NOT NULL)
                """),
        PaymentRule(
            says: "it is to be paid at the counter, and was paid through the provider",
            offenders: """
                SELECT 'bkg_' || b.id FROM bookings b WHERE b.paid_through = 'counter'
                    AND EXISTS (SELECT 1 FROM payments p WHERE p.booking_id = b.id AND p.confirmed_at IS NOT NULL)
                """),
        PaymentRule(
            says: "it has more or fewer seats than good tickets",
            offenders: """
                SELECT 'bkg_' || r.booking_id FROM reservations r WHERE r.state = 'sold' AND r.seats <> (
                    SELECT count(*) FROM tickets t WHERE t.session_id = r.session_id AND t.booking_id = r.booking_id
                        AND t.refunded_at IS NULL)
                """),
    ]
}
