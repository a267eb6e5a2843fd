import Glibc
import JSON
import Time

/// Writes one JSON line an event. No secrets and no personal data: ids, names of things, counts and times alone.
public struct Logger: Sendable {
    public enum Level: String, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error

        public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }
    }

    public typealias Fields = [(name: String, value: JSONValue)]

    private let service: String
    private let level: Level
    private let clock: WallClock
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: takes one line, its line end included; the process's standard output if it is not given.
    public init(
        service: String, level: Level = .info, clock: WallClock = .system,
        write: @escaping @Sendable ([UInt8]) -> Void = Logger.standardOutput
    ) {
        self.service = service
        self.level = level
        self.clock = clock
        self.write = write
    }

    public func debug(_ event: String, _ fields: Fields = []) { log(.debug, event, fields) }
    public func info(_ event: String, _ fields: Fields = []) { log(.info, event, fields) }
    public func warning(_ event: String, _ fields: Fields = []) { log(.warning, event, fields) }
    public func error(_ event: String, _ fields: Fields = []) { log(.error, event, fields) }

    private func log(_ level: Level, _ event: String, _ fields: Fields) {
        guard level >= self.level else { return }
        var json = JSONWriter()
        json.object { json in
            json.field("time", clock.now().rfc3339)
            json.field("level", level.rawValue)
            json.field("service", service)
            json.field("event", event)
            for (name, value) in fields { json.field(named: name, value) }
        }
        write(json.bytes + [UInt8(ascii: "\n")])
    }

    /// One `write` a line: lines of several threads do not mix as long as they fit a pipe's buffer (4,096 bytes).
    public static let standardOutput: @Sendable ([UInt8]) -> Void = { line in
        _ = Glibc.write(STDOUT_FILENO, line, line.count)
    }
}
