/// Triggers that make booking's database wrong, in a copy of its schema: whatever looks for such faults must find them.
/// Nothing of it is in the product.
public enum PlantedTriggers {
    /// A third of the seats forget who holds them.
    public static let forgetHolders = """
        DROP TRIGGER reservations_seated;
        CREATE TRIGGER planted AFTER INSERT ON seat_holders WHEN NEW.seat_id % 3 = 0
        BEGIN
            DELETE FROM seat_holders WHERE session_id = NEW.session_id AND seat_id = NEW.seat_id;
        END;
        """

    /// A booking is taken to close a second later than was answered.
    public static let closeLate = """
        CREATE TRIGGER planted AFTER INSERT ON bookings
        BEGIN
            UPDATE bookings SET closes_at = closes_at + 1000 WHERE id = NEW.id;
        END;
        """
}
