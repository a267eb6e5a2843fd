/// What a handler answers. `Content-Length`, `Date` and, where it is needed, `Connection` are added by the server;
/// nothing else is.
public struct HTTPResponse: Sendable {
    public enum Body: Sendable {
        case empty
        case bytes([UInt8])
        /// Bytes that many answers share: sent from where they lie.
        case shared(SharedBytes)

        /// In bytes.
        public var count: Int {
            switch self {
            case .empty: 0
            case .bytes(let bytes): bytes.count
            case .shared(let bytes): bytes.count
            }
        }
    }

    public var status: Int
    /// In the order they are sent. A field whose name or value holds a line break is left out.
    public var headers: [(String, String)]
    /// For HEAD, what GET would answer: its length is sent, its bytes are not.
    public var body: Body

    public init(status: Int, headers: [(String, String)] = [], body: Body = .empty) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// Bytes that never change and never move, so that sockets may send them in place for as long as they need.
///
/// `@unchecked Sendable`: the memory is written once, in `init`.
public final class SharedBytes: @unchecked Sendable {
    let memory: UnsafeMutableRawBufferPointer

    public init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
    }

    deinit { memory.deallocate() }

    public var count: Int { memory.count }
}
