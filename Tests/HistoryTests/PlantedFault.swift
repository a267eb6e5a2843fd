import TestSupport

/// What takes the guard away from booking's database, in a copy of its schema: the program counts by the triggers that
/// the schema keeps, so that a wrong trigger deceives both. Nothing of it is in the product.
enum PlantedFault: String, CaseIterable {
    /// A reservation of four seats or more counts for one seat too few.
    case countOneTooFew
    /// A third of the seats forget who holds them.
    case forgetHolders
    /// Two seats stay counted when a booking that had two seats is called off or runs out.
    case keepReleased
    /// A booking is taken to close a second later than was answered.
    case closeLate

    var rows: String {
        switch self {
        case .countOneTooFew: Self.counting(held: "NEW.seats - (NEW.seats >= 4)", was: "OLD.seats - (OLD.seats >= 4)")
        case .keepReleased:
            Self.counting(held: "NEW.seats", was: "OLD.seats - iif(NEW.state = 'released' AND OLD.seats = 2, 2, 0)")
        case .forgetHolders: PlantedTriggers.forgetHolders
        case .closeLate: PlantedTriggers.closeLate
        }
    }

    /// `reservations_counted` and `reservations_recounted` as they stand, but for how much a reservation counts.
    private static func counting(held now: String, was: String) -> String {
        """
        DROP TRIGGER reservations_counted;
        CREATE TRIGGER reservations_counted AFTER INSERT ON reservations
        BEGIN
            UPDATE sessions
            SET held = held + iif(NEW.state = 'held', \(now), 0), sold = sold + iif(NEW.state = 'sold', \(now), 0)
            WHERE id = NEW.session_id;
        END;
        DROP TRIGGER reservations_recounted;
        CREATE TRIGGER reservations_recounted AFTER UPDATE OF seats, state ON reservations
        BEGIN
            UPDATE sessions
            SET held = held + iif(NEW.state = 'held', \(now), 0) - iif(OLD.state = 'held', \(was), 0),
                sold = sold + iif(NEW.state = 'sold', \(now), 0) - iif(OLD.state = 'sold', \(was), 0)
            WHERE id = NEW.session_id;
        END;
        """
    }
}
