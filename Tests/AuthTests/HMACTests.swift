import Auth
import Testing

@Suite struct HMACTests {
    @Test("codes are those of RFC 4231, with short keys and with keys longer than a block")
    func vectors() {
        let short = HMACSHA256.code(of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(hex(short) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = HMACSHA256.code(
            of: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            key: [UInt8](repeating: 0xaa, count: 131))
        #expect(hex(long) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        #expect(HMACSHA256.areEqual(short, short) && !HMACSHA256.areEqual(short, long))
        #expect(!HMACSHA256.areEqual([], []) && !HMACSHA256.areEqual(short, Array(short.dropLast())))
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
