import Auth
import Lifecycle
import Synchronization
import TestSupport

/// Many clients at once on a whole stack: half of them through the gateway, half of them straight to booking, two and
/// two as the same user, so that requests meet on one booking; and staff who change what is on sale.
public struct Rush: Sendable {
    public let seconds: Int
    public let clients: Int
    /// Of every choice that anybody makes.
    public let seed: UInt64
    /// How long a booking stays open here: expiry is part of it.
    public static let holdSeconds = 1

    public init(seconds: Int, clients: Int = 12, seed: UInt64) {
        self.seconds = seconds
        self.clients = clients
        self.seed = seed
    }

    /// As `HISTORY_SECONDS`, `HISTORY_CLIENTS` and `HISTORY_SEED` say; a few seconds otherwise, and a new seed.
    public static func ofEnvironment(seconds: Int = 5) -> Rush {
        Rush(
            seconds: environment("HISTORY_SECONDS").flatMap { Int($0) } ?? seconds,
            clients: environment("HISTORY_CLIENTS").flatMap { Int($0) } ?? 12,
            seed: environment("HISTORY_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999))
    }

    /// What a stack must be started with.
    public static let settings = ["HOLD_SECONDS": "\(holdSeconds)"]
    public static let fixtures = ["catalog": Venue.rows]

    /// Runs everybody for that long, then looks at everything, while the last bookings are open and once they are not.
    /// - Parameter kills: how often booking is killed meanwhile, and started again.
    public func history(on stack: Stack, kills: Int = 0) async throws -> History {
        let (recorder, sold) = (Recorder(), Bookings())
        let end = Recorder.now() + Moment(seconds) * 1_000_000_000
        async let disturbance: Void = kill(stack["booking"], kills, recorder)
        let pools = (0..<(clients + 1) / 2).map { _ in Bookings() }
        await Threads.run(clients + 1) { number in
            let random = SeededGenerator(seed: seed &+ UInt64(number))
            let lifetime = Int64(seconds) + 3_600
            let staff = stack.token(user: 1, role: .admin, lifetimeSeconds: lifetime)
            guard number < clients else {
                let client = Client(stack.connection(), recorder)
                return Staff(client, staff, sold, random).work(until: end)
            }
            let address = stack["booking"].publicAddress
            let connection =
                number % 2 == 0 ? stack.connection() : HTTPConnection(host: address.host, port: address.port)
            let token = stack.token(user: 800_000 + Int64(number / 2), lifetimeSeconds: lifetime)
            Customer(Client(connection, recorder), token, staff, own: pools[number / 2], sold, random).work(until: end)
        }
        try await disturbance
        await lookAtEverything(stack, recorder)
        try await Task.sleep(for: .seconds(Self.holdSeconds))
        await lookAtEverything(stack, recorder)
        return History(
            sessions: Venue.sessions, hold: Moment(Self.holdSeconds) * 1_000_000_000, tolerance: 20_000_000,
            ends: recorder.ends, entries: recorder.entries)
    }

    private func kill(_ booking: StackService, _ times: Int, _ recorder: Recorder) async throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<times {
            try await Task.sleep(for: .milliseconds(Int.random(in: 100...seconds * 1_500 / times, using: &random)))
            try await booking.kill()
            recorder.writeEnd()
            try await booking.start()
        }
    }

    private func lookAtEverything(_ stack: Stack, _ recorder: Recorder) async {
        let bookings = recorder.entries.compactMap { entry in
            if case .opened(let id, _, _) = entry.outcome { id } else { nil }
        }
        await Threads.run(4) { number in
            let client = Client(stack.connection(), recorder)
            let token = stack.token(user: 1, role: .staff)
            if number == 0 {
                for session in Venue.counted + Venue.seated { client.perform(.look(session: session), token: nil) }
            }
            for index in bookings.indices where index % 4 == number {
                client.perform(.show(booking: bookings[index]), token: token)
            }
        }
    }
}

/// Bookings that several clients act on.
final class Bookings: Sendable {
    struct Known: Sendable {
        let id: String
        let session: String
        let closesAt: Moment
    }

    private let known = Mutex<[Known]>([])

    func add(_ booking: Known) {
        known.withLock { known in
            known.append(booking)
            // Those that were settled long ago are asked for now and then, too.
            if known.count > 30 { known.removeFirst() }
        }
    }

    func any(_ random: inout SeededGenerator) -> Known? { known.withLock { $0.randomElement(using: &random) } }

    /// One that is taken by nobody else.
    func take(_ random: inout SeededGenerator) -> Known? {
        known.withLock { known in
            known.indices.randomElement(using: &random).map { known.remove(at: $0) }
        }
    }

    func forget(_ booking: Known) {
        known.withLock { known in known.removeAll { $0.id == booking.id } }
    }

    /// The one that runs out next after a moment.
    func next(after moment: Moment) -> Known? {
        known.withLock { $0.filter { $0.closesAt > moment }.min { $0.closesAt < $1.closesAt } }
    }
}
