import Glibc

/// A variable of the environment that tests are run in: nil when it is not set, or empty.
public func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
}
