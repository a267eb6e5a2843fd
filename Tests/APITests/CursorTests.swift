import API
import Testing

@Suite struct CursorTests {
    let seal: CursorSeal

    init() throws { seal = try #require(CursorSeal(key: CursorSeal.newKey())) }

    @Test("a cursor reads back as the keys it was made of")
    func roundTrip() {
        for keys in [[], [0], [1, -1], [Int64.min, .max, 7]] {
            #expect(seal.keys(seal.cursor(keys, of: "things"), of: "things") == keys)
        }
    }

    @Test("a cursor of another list or of another service is none")
    func bound() throws {
        let cursor = seal.cursor([42], of: "things by name")
        #expect(seal.keys(cursor, of: "things by age") == nil)
        #expect(seal.keys(cursor, of: "things by nam") == nil)
        let other = try #require(CursorSeal(key: CursorSeal.newKey()))
        #expect(other.keys(cursor, of: "things by name") == nil)
        #expect(CursorSeal(key: [1, 2, 3]) == nil)
    }

    @Test("no character of a cursor can be changed, added or left out")
    func altered() {
        let cursor = Array(seal.cursor([42, 43], of: "things").utf8)
        for position in cursor.indices {
            var changed = cursor
            changed[position] = changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "Q") : UInt8(ascii: "A")
            #expect(seal.keys(String(decoding: changed, as: UTF8.self), of: "things") == nil, "position \(position)")
            let shorter = String(decoding: cursor.prefix(position), as: UTF8.self)
            #expect(seal.keys(shorter, of: "things") == nil)
        }
        for text in ["", "A", "====", "\u{0}", "😀", String(repeating: "A", count: 100_000)] {
            #expect(seal.keys(text, of: "things") == nil)
        }
    }

    @Test("random text never passes for a cursor")
    func random() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        for _ in 0..<5_000 {
            let text = String(
                (0..<Int.random(in: 0...130, using: &random)).compactMap { _ in alphabet.randomElement() })
            #expect(seal.keys(text, of: "things") == nil, "\(text)")
        }
    }
}
