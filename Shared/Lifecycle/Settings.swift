import Glibc
import Telemetry

/// A setting that cannot be used: its name, what is wrong with it, and what it may be.
public struct SettingError: Error, CustomStringConvertible, Equatable {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// Where a listener listens.
public struct Address: Sendable, Equatable, CustomStringConvertible {
    public let host: String
    public let port: UInt16

    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    public var description: String { "\(host):\(port)" }
}

/// A service's settings, from the environment (https://12factor.net/config).
public struct Settings: Sendable {
    private let values: [String: String]

    public init(_ values: [String: String]) { self.values = values }

    /// The process's own environment.
    public static func environment() -> Settings {
        var values: [String: String] = [:]
        var entry = environ
        while let text = entry.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
            entry += 1
        }
        return Settings(values)
    }

    /// An empty value counts as none.
    public func text(_ name: String) -> String? {
        values[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    public func text(_ name: String, default fallback: String) -> String { text(name) ?? fallback }

    public func required(_ name: String, for purpose: String) throws(SettingError) -> String {
        guard let value = text(name) else { throw SettingError("\(name) is not set: \(purpose).") }
        return value
    }

    public func integer(
        _ name: String, default fallback: Int64, in range: ClosedRange<Int64>
    ) throws(SettingError) -> Int64 {
        guard let value = text(name) else { return fallback }
        guard let number = Int64(value), range.contains(number) else {
            throw SettingError(
                "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound), not '\(value)'.")
        }
        return number
    }

    public func address(_ name: String, default fallback: Address) throws(SettingError) -> Address {
        guard let value = text(name) else { return fallback }
        guard let colon = value.lastIndex(of: ":"), let port = UInt16(value[value.index(after: colon)...]) else {
            throw SettingError("\(name) must be host:port, as 127.0.0.1:8081, not '\(value)'.")
        }
        return Address(host: String(value[..<colon]), port: port)
    }

    public func logLevel() throws(SettingError) -> Logger.Level {
        let value = text("LOG_LEVEL", default: "info")
        guard let level = Logger.Level(rawValue: value) else {
            throw SettingError("LOG_LEVEL must be debug, info, warning or error, not '\(value)'.")
        }
        return level
    }

    /// The secret that the services of one installation share.
    public func serviceCredential() throws(SettingError) -> String {
        let credential = try required("INTERNAL_TOKEN", for: "the services know one another by this shared secret")
        guard credential.utf8.count >= 16 else { throw SettingError("INTERNAL_TOKEN must have 16 bytes or more.") }
        return credential
    }

    /// Whether rates and hoarding are limited; load tests switch that off.
    public func limited() throws(SettingError) -> Bool {
        switch text("LIMITS", default: "on") {
        case "on": true
        case "off": false
        case let value: throw SettingError("LIMITS must be on or off, not '\(value)'.")
        }
    }
}
