import Synchronization

private enum LoopLocalKeys {
    static let last = Atomic<UInt64>(0)
}

/// A value each loop has for itself, made on the loop at its first use and released there when the loop stops: a
/// connection, a cache. Reading it takes no lock, because only the loop's own thread ever does.
public final class LoopLocal<Value>: Sendable {
    private let make: @Sendable (EventLoop) throws -> Value
    private let makers = Mutex<[EventLoop]>([])
    private final class Kept {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    /// Never given twice, as the address of a value that is gone would be.
    private let key: UInt64

    public init(_ make: @escaping @Sendable (EventLoop) throws -> Value) {
        self.make = make
        key = LoopLocalKeys.last.wrappingAdd(1, ordering: .relaxed).newValue
    }

    deinit {
        let loops = makers.withLock { $0 }
        for loop in loops { loop.run { [key] in EventLoop.current?.locals[key] = nil } }
    }

    /// This loop's value; nil on a thread that belongs to no loop.
    /// - Throws: what making it throws, at first use.
    public var value: Value? {
        get throws {
            guard let loop = EventLoop.current else { return nil }
            // Unsafe: whatever is under this key was put there below. A checked cast asks the runtime for both types.
            if let known = loop.locals[key] { return unsafeDowncast(known, to: Kept.self).value }
            let made = try make(loop)
            loop.locals[key] = Kept(made)
            makers.withLock { $0.append(loop) }
            return made
        }
    }

    /// Releases every loop's value, each on its own loop, and returns when all are gone.
    public func removeAll() async {
        let loops = makers.withLock { loops in
            defer { loops = [] }
            return loops
        }
        for loop in loops where !loop.isStopped {
            await loop.perform { self.removeHere(loop) }
        }
    }

    private func removeHere(_ loop: EventLoop) {
        loop.locals[key] = nil
    }
}
