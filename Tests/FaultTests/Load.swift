import JSON
import Synchronization
import TestSupport

/// Customers at work, each on a thread of its own, until they are told to stop. What they were answered is what must
/// be found afterwards.
final class Load: Sendable {
    private let stack: Stack
    private let stopping = Atomic(false)
    private let left = Mutex<[Witness]>([])

    private let first: Int

    /// - Parameter first: the number of the first customer. Those who come later to the same stack have others.
    init(_ stack: Stack, first: Int = 0) {
        self.stack = stack
        self.first = first
    }

    /// Runs `body` while the customers are at work, and hands back what each of them witnessed.
    /// - Parameter seed: of every choice that they make.
    func run(customers: Int = 6, seed: UInt64, _ body: () async throws -> Void) async throws -> [Witness] {
        async let work: Void = Threads.run(customers) { index in
            let number = self.first + index
            let customer = Customer(number, signsUp: index == 0, of: self.stack, seed: seed &+ UInt64(number))
            while !self.stopping.load(ordering: .relaxed) { customer.act() }
            self.left.withLock { $0.append(customer.witness) }
        }
        do {
            try await body()
        } catch {
            stopping.store(true, ordering: .relaxed)
            await work
            throw error
        }
        stopping.store(true, ordering: .relaxed)
        await work
        return left.withLock { $0 }
    }
}

/// What one customer was answered.
struct Witness: Sendable {
    let user: Int64
    /// The last state of each booking, by its id.
    var bookings: [String: SeenBooking] = [:]
    /// The rating of the one film that it rates.
    var rating: (id: String, value: Double)?
    /// Tracking ids of events that were accepted.
    var events: [String] = []
    var accounts: [String] = []
    /// Answers that no customer may get, whatever happens to a service.
    var unexpected: [String] = []
    /// Answers that asked to come back, by status; 0 is no answer at all.
    var interruptions: [Int: Int] = [:]
    var answers = 0
}

struct SeenBooking: Sendable, Equatable {
    var seats: Int64 = 0
    var confirmedAt: String?
    var cancelledAt: String?

    var status: String { confirmedAt != nil ? "confirmed" : cancelledAt != nil ? "cancelled" : "open" }
}
