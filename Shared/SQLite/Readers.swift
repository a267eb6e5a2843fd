import EventLoop
import Synchronization

/// A read-only connection, opened at its first use and again after the disk failed under it.
///
/// `@unchecked Sendable`: used by one thread at a time, the loop it belongs to or whoever took it from the spare ones.
final class Reader: @unchecked Sendable {
    private let opening: Opening
    private var connection: Connection?
    /// Kept by what its loop keeps: a loop finds its reader by the identity of the `LoopLocal`, which must not be
    /// another's while a loop still has a reader under it.
    var owner: Readers?

    init(_ opening: Opening) {
        self.opening = opening
    }

    /// Runs `body` on one snapshot. A read inside a read belongs to the outer one's.
    func read<T>(_ body: (Connection) throws -> T) throws -> T {
        let connection = try connection ?? opening.reader()
        self.connection = connection
        guard !connection.isInTransaction else { return try body(connection) }
        do {
            try connection.run("BEGIN")
            let value = try body(connection)
            try connection.run("COMMIT")
            return value
        } catch {
            abandon(connection, after: error)
            throw error
        }
    }

    private func abandon(_ connection: Connection, after error: any Error) {
        do {
            if connection.isInTransaction { try connection.run("ROLLBACK") }
        } catch {
            self.connection = nil
        }
        if let error = error as? DatabaseError, error.isOfTheFile { self.connection = nil }
    }
}

/// Each event loop's own reader, which needs no lock, and spare ones for all other threads.
final class Readers: Sendable {
    private let opening: Opening
    private let ofLoop: LoopLocal<Reader>
    private let spare = Mutex<[Reader]>([])

    init(_ opening: Opening) {
        self.opening = opening
        ofLoop = LoopLocal { _ in Reader(opening) }
    }

    func read<T>(_ body: (Connection) throws -> T) throws -> T {
        if let reader = try ofLoop.value {
            if reader.owner == nil { reader.owner = self }
            return try reader.read(body)
        }
        let reader = spare.withLock { $0.popLast() } ?? Reader(opening)
        defer {
            spare.withLock { spare in
                if spare.count < opening.configuration.spareReaders { spare.append(reader) }
            }
        }
        return try reader.read(body)
    }

    /// Gives up this loop's reader, before its loop ends.
    func release() {
        (try? ofLoop.value)?.owner = nil
    }

    func removeSpare() {
        spare.withLock { $0 = [] }
    }
}
