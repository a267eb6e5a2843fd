import Auth
import CEvent
import Glibc

struct Failure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// What to ask, of whom, from how many connections and for how long:
/// `load flow|track|get|signin|browse|friday|onsale --address HOST:PORT [--name value …]`.
struct Options {
    static let works = "flow, track, get, signin, browse, friday or onsale"
    let work: String
    private var values: [String: String] = [:]

    init(_ arguments: ArraySlice<String>) throws(Failure) {
        guard let work = arguments.first else { throw Failure("\(Self.works)?") }
        self.work = work
        var rest = arguments.dropFirst()
        while let name = rest.popFirst() {
            guard name.hasPrefix("--"), let value = rest.popFirst() else { throw Failure("\(name) needs a value") }
            values[String(name.dropFirst(2))] = value
        }
    }

    func text(_ name: String, default standard: String? = nil) throws(Failure) -> String {
        guard let value = values[name] ?? standard else { throw Failure("--\(name) is missing") }
        return value
    }

    func number(_ name: String, default standard: Int? = nil) throws(Failure) -> Int {
        guard let number = Int(try text(name, default: standard.map { "\($0)" })), number >= 0 else {
            throw Failure("--\(name) must be a whole number")
        }
        return number
    }

    func address() throws(Failure) -> sockaddr_in {
        let parts = try text("address").split(separator: ":")
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        guard parts.count == 2, let port = UInt16(parts[1]),
            inet_pton(AF_INET, String(parts[0]), &address.sin_addr) == 1
        else { throw Failure("--address must be a numeric HOST:PORT") }
        address.sin_port = port.bigEndian
        return address
    }

    /// Tokens of so many users, signed as identity does it. The seed comes by the environment, which other users of
    /// the machine cannot read, as they can a command line.
    func tokens(_ count: Int, role: Role = .customer) throws(Failure) -> [String] {
        guard let hex = getenv("SIGNING_SEED").map({ String(cString: $0) }),
            let key = Ed25519.PrivateKey(bytes: bytes(ofHex: hex))
        else { throw Failure("SIGNING_SEED must hold 64 hexadecimal digits") }
        let first = try number("first-user", default: 1)
        let now = Int64(time(nil))
        return (0..<count).compactMap { index in
            AccessToken(subject: "usr_\(first + index)", role: role, issuedAt: now, expiresAt: now + 3600)
                .signed(with: key)
        }
    }

    private func bytes(ofHex text: String) -> [UInt8] {
        let digits = text.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
