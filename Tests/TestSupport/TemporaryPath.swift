import Glibc

/// A path in a new directory of its own, which is left for the system to clean.
public func temporaryPath(_ name: String) -> String {
    var template = Array("/tmp/marquee-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no directory can be made under /tmp") }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) + "/" + name
}
