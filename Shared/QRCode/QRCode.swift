import CQRencode
import Glibc

/// Why there is no code for some bytes.
public enum QRCodeError: Error, Equatable {
    case empty
    /// More than the largest code holds at that level of correction.
    case tooLong(bytes: Int)
    case noMemory
}

/// A QR code (ISO/IEC 18004) as a square of dark and light modules, without the light margin it needs around it. Of its
/// forty sizes it has the smallest that holds the bytes.
public struct QRCode: Hashable, Sendable {
    /// How much of the code may be unreadable: about 7, 15, 25 or 30 per cent. More correction makes a larger code.
    public enum Correction: Sendable, CaseIterable {
        case low, medium, quartile, high
    }

    /// Dark modules that touch one another in a row.
    public struct Run: Hashable, Sendable {
        public let row: Int
        public let column: Int
        public let length: Int
    }

    /// The margin that a reader needs on every side, in modules.
    public static let quietZone = 4
    /// What the largest code holds at the lowest correction.
    public static let largestByteCount = 2_953

    /// Modules on a side: 21 to 177.
    public let size: Int
    private let modules: [Bool]

    /// The text as UTF-8, in byte mode.
    public init(_ text: String, correction: Correction = .medium) throws(QRCodeError) {
        try self.init(bytes: Array(text.utf8), correction: correction)
    }

    /// The bytes as they are, in byte mode.
    public init(bytes: [UInt8], correction: Correction = .medium) throws(QRCodeError) {
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.count <= Self.largestByteCount else { throw .tooLong(bytes: bytes.count) }
        // Version 0: the smallest that will do.
        guard let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, correction.level) else {
            throw errno == ERANGE ? .tooLong(bytes: bytes.count) : .noMemory
        }
        defer { QRcode_free(code) }
        let size = Int(code.pointee.width)
        // Unsafe: the library's square has one byte a module, of which the lowest bit is the colour.
        modules = UnsafeBufferPointer(start: code.pointee.data, count: size * size).map { $0 & 1 == 1 }
        self.size = size
    }

    /// Whether a module is dark; everything outside the code is light.
    public func isDark(row: Int, column: Int) -> Bool {
        guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
        return modules[row * size + column]
    }

    /// All the dark modules, from the top left on.
    public var runs: [Run] {
        (0..<size).flatMap { row in
            var runs: [Run] = []
            var start: Int?
            for column in 0...size {
                switch (isDark(row: row, column: column), start) {
                case (true, nil): start = column
                case (false, let first?):
                    runs.append(Run(row: row, column: first, length: column - first))
                    start = nil
                default: break
                }
            }
            return runs
        }
    }
}

extension QRCode.Correction {
    fileprivate var level: QRecLevel {
        switch self {
        case .low: QR_ECLEVEL_L
        case .medium: QR_ECLEVEL_M
        case .quartile: QR_ECLEVEL_Q
        case .high: QR_ECLEVEL_H
        }
    }
}
