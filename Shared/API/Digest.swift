/// 128 bits that differ with the bytes, and are the same in every process: two multiplications for sixteen of them, as in
/// wyhash. Who chooses the bytes can make two texts with one digest; nobody gains by two answers of ours with one tag.
struct Digest {
    private var first: UInt64 = 0xa076_1d64_78bd_642f
    private var second: UInt64 = 0xe703_7ed1_a0b4_28db

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            var index = 0
            // Unsafe: sixteen bytes at a time, all of them inside the buffer.
            while index + 16 <= bytes.count {
                take(
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)),
                    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index + 8, as: UInt64.self)))
                index += 16
            }
            var rest: (UInt64, UInt64) = (0, 0)
            for byte in bytes[index...] { rest = (rest.0 << 8 | rest.1 >> 56, rest.1 << 8 | UInt64(byte)) }
            take(rest.0, rest.1)
        }
        // What ends in zero bytes differs from the same without them.
        take(UInt64(bytes.count), ~UInt64(bytes.count))
    }

    var bytes: [UInt8] {
        (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? first : second) >> (56 - $0 % 8 * 8)) }
    }

    private mutating func take(_ left: UInt64, _ right: UInt64) {
        first = Self.folded(left ^ 0x8ebc_6af0_9c88_c6e3, right ^ first)
        second = Self.folded(left ^ second, right ^ 0x5899_65cc_7537_4cc3)
    }

    private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
