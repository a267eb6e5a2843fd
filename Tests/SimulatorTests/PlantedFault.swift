import TestSupport

/// What takes a guard away from booking's database, or makes it forget, in a copy of its schema. Nothing of it is in the
/// product.
enum PlantedFault: String, CaseIterable {
    /// A reservation of three seats or more counts for one seat too few.
    case countOneTooFew
    /// A third of the seats forget who holds them.
    case forgetHolders
    /// Who opens a booking takes somebody's hold away, sometimes.
    case loseHold
    /// What was kept under a key is not: a retry is a second request.
    case forgetKey
    /// A booking that was noted to have expired is open again.
    case revive
    /// A booking is taken to close a second later than was answered.
    case closeLate
    /// Some events are not there.
    case loseEvent
    /// Some events say that one seat more is free.
    case miscountEvent
    /// Seats cost a cent more than their tariff says.
    case overcharge
    /// No mail is noted for some bookings.
    case loseMail
    /// Some reservations are of another moment than was written down.
    case misdateReservation
    /// A crash takes along what was committed last.
    case forgetLastCommit

    var rows: String? {
        switch self {
        case .countOneTooFew:
            """
            DROP TRIGGER reservations_counted;
            CREATE TRIGGER reservations_counted AFTER INSERT ON reservations
            BEGIN
                UPDATE sessions SET held = held + NEW.seats - (NEW.seats >= 3) WHERE id = NEW.session_id;
            END;
            """
        case .forgetHolders: PlantedTriggers.forgetHolders
        case .loseHold:
            """
            CREATE TRIGGER planted AFTER INSERT ON bookings
            BEGIN
                UPDATE reservations SET state = 'released' WHERE id = (
                    SELECT id FROM reservations WHERE session_id = NEW.session_id AND state = 'held' LIMIT 1);
            END;
            """
        case .forgetKey:
            """
            CREATE TRIGGER planted AFTER INSERT ON idempotency_records WHEN NEW.scope LIKE '%/confirm'
            BEGIN
                DELETE FROM idempotency_records WHERE scope = NEW.scope AND key = NEW.key;
            END;
            """
        case .revive:
            """
            CREATE TRIGGER planted AFTER UPDATE OF expired_at ON bookings WHEN NEW.created_at % 3 = 0
            BEGIN
                UPDATE bookings SET expired_at = NULL WHERE id = NEW.id;
            END;
            """
        case .closeLate: PlantedTriggers.closeLate
        case .loseEvent:
            """
            CREATE TRIGGER planted AFTER INSERT ON events WHEN NEW.sequence % 5 = 0
            BEGIN
                DELETE FROM events WHERE sequence = NEW.sequence;
            END;
            """
        case .miscountEvent:
            """
            CREATE TRIGGER planted AFTER INSERT ON events WHEN NEW.sequence % 5 = 0
            BEGIN
                UPDATE events SET free = free + 1 WHERE sequence = NEW.sequence;
            END;
            """
        case .overcharge:
            """
            CREATE TRIGGER planted AFTER INSERT ON booking_lines
            BEGIN
                UPDATE booking_lines SET amount = amount + 1
                WHERE booking_id = NEW.booking_id AND position = NEW.position;
            END;
            """
        case .loseMail:
            """
            CREATE TRIGGER planted AFTER INSERT ON mails WHEN NEW.booking_id % 3 = 0
            BEGIN
                DELETE FROM mails WHERE booking_id = NEW.booking_id;
            END;
            """
        case .misdateReservation:
            """
            CREATE TRIGGER planted AFTER INSERT ON reservations WHEN NEW.booking_id % 5 = 0
            BEGIN
                UPDATE reservations SET reserved_at = reserved_at + 1 WHERE id = NEW.id;
            END;
            """
        case .forgetLastCommit: nil
        }
    }

    /// What it is to be found by: one of these.
    var findings: [String] {
        switch self {
        case .countOneTooFew, .loseHold: ["sessions (id, starts_at, allocation, held, sold) are"]
        case .forgetHolders: ["are taken, the answer was", "while others have", "seat_taken was due", "should be"]
        case .forgetKey: ["the first answer was due", "was due at once, and waits", "is not kept"]
        // Another trigger of the schema keeps the seats of a booking that was open again.
        case .revive: ["is open, which was expired", "was due, the answer was"]
        case .closeLate:
            ["booking_expired was due", "closes_at should be", "a booking is", "is open, which was expired"]
        case .loseEvent: ["is told", "seats are free"]
        case .miscountEvent: ["seats are free"]
        case .overcharge: ["total should be"]
        case .loseMail: ["no mails are noted"]
        case .misdateReservation: ["the books do not balance"]
        case .forgetLastCommit: ["is no longer open", "sessions (id", "a booking is", "there are", "is not kept"]
        }
    }
}
