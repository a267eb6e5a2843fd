import Glibc

/// A command line that is not understood: told with the usage, and exit status 2.
public struct UsageError: Error, CustomStringConvertible, Equatable {
    public let description: String
    public init(_ description: String) { self.description = description }
}

/// What follows a command: `--name VALUE` or `--name=VALUE`, `--flag`, and words.
public struct Options: Sendable {
    public private(set) var words: [String] = []
    private var values: [String: String] = [:]
    private var flags: Set<String> = []

    /// - Parameters:
    ///   - named: the options that have a value.
    ///   - flags: those that have none.
    ///   - words: how many other words there must be.
    public init(
        _ arguments: [String], named: Set<String>, flags known: Set<String> = [], words count: Int
    ) throws(UsageError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--") else {
                words.append(argument)
                continue
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if known.contains(name), parts.count == 1 {
                flags.insert(name)
            } else if named.contains(name), let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() {
                values[name] = value
            } else {
                throw UsageError("\(argument) is no option here, or has no value.")
            }
        }
        if words.count > count { throw UsageError("'\(words[count])' is not understood here.") }
        if words.count < count { throw UsageError("A word is missing.") }
    }

    public subscript(name: String) -> String? { values[name] }

    public func isSet(_ flag: String) -> Bool { flags.contains(flag) }

    public func integer(_ name: String, default fallback: Int64, in range: ClosedRange<Int64>) throws(UsageError)
        -> Int64
    {
        guard let value = values[name] else { return fallback }
        guard let number = Int64(value), range.contains(number) else {
            throw UsageError("--\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}

/// A whole file, or standard input for `-`.
/// - Throws: `SettingError` where it cannot be read, or has more bytes than it may.
public func readBytes(_ path: String, atMost most: Int) throws(SettingError) -> [UInt8] {
    let file = path == "-" ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw SettingError("\(path) cannot be read: \(String(cString: strerror(errno))).") }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(file, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw SettingError("\(path) cannot be read: \(String(cString: strerror(errno))).") }
        if count == 0 { return bytes }
        bytes += chunk.prefix(count)
        guard bytes.count <= most else { throw SettingError("\(path) has more than \(most) bytes.") }
    }
}
