import BookingService
import Testing

@Suite struct BillTests {
    private static let full = Tariff(price: TicketPrice(tariff: "full", amount: 1250, currency: "EUR"))
    private static let child = Tariff(price: TicketPrice(tariff: "child", amount: 600, currency: "EUR"))

    @Test("seats cost the first tariff unless the customer says otherwise")
    func bills() throws {
        let tariffs = [Self.full, Self.child]
        let plain = try #require(try Order(seats: .count(3)).bill(at: tariffs))
        #expect(plain.lines.map(\.amount) == [3750] && plain.total == Total(amount: 3750, currency: "EUR"))
        let shares = [Order.Share(tariff: "child", seats: 2), Order.Share(tariff: "full", seats: 1)]
        let mixed = try #require(try Order(seats: .count(3), shares: shares).bill(at: tariffs))
        #expect(mixed.lines.map(\.price.tariff) == ["child", "full"], "in the customer's order")
        #expect(mixed.lines.map(\.amount) == [1200, 1250] && mixed.total.amount == 2450)
        #expect(mixed.prices.map(\.tariff) == ["child", "child", "full"])
    }

    @Test("a session without prices makes no bill, one that is free makes a bill of nothing")
    func nothing() throws {
        #expect(try Order(seats: .count(3)).bill(at: []) == nil)
        let free = Tariff(price: TicketPrice(tariff: "gift", amount: 0, currency: "EUR"))
        #expect(try Order(seats: .count(3)).bill(at: [free])?.total == Total(amount: 0, currency: "EUR"))
    }

    @Test("a tariff that the session does not have is named")
    func unknown() throws {
        let order = Order(
            seats: .count(2),
            shares: [Order.Share(tariff: "full", seats: 1), Order.Share(tariff: "student", seats: 1)])
        #expect(throws: BookingRefusal.tariffsUnknown(["student"])) { try order.bill(at: [Self.full, Self.child]) }
        #expect(throws: BookingRefusal.tariffsUnknown(["full", "student"])) { try order.bill(at: []) }
    }

    @Test("what no number can hold is no amount, and two currencies make no total")
    func overflow() throws {
        let dear = TicketPrice(tariff: "full", amount: 1_000_000_000, currency: "EUR")
        #expect(throws: PriceOverflow()) { try Line(price: dear, seats: 9_223_372_037) }
        let line = try Line(price: dear, seats: 9_223_372_036)
        #expect(throws: PriceOverflow()) { try Bill([line, line]) }
        #expect(try Bill([line])?.total.amount == 9_223_372_036_000_000_000)
        let dollars = try Line(price: TicketPrice(tariff: "full", amount: 1, currency: "USD"), seats: 1)
        #expect(throws: PriceOverflow()) { try Bill([line, dollars]) }
        // The most that there can be: the largest room, at the highest price.
        #expect(try Bill([Line(price: dear, seats: 10_000)])?.total.amount == 10_000_000_000_000)
    }
}
