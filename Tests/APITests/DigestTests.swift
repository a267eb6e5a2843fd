import Testing

@testable import API

@Suite struct DigestTests {
    @Test("Each byte, each place and the length tell in both halves of a digest")
    func differs() {
        var seen: [[[UInt8]]] = [[], []]
        for count in 0...40 {
            var texts = [[UInt8](repeating: 0, count: count)]
            for place in 0..<count {
                for byte: UInt8 in [1, 0x80] {
                    texts.append(texts[0])
                    texts[texts.count - 1][place] = byte
                }
            }
            for text in texts {
                let digest = Digest(text).bytes
                #expect(digest.count == 16 && digest == Digest(text).bytes)
                seen[0].append(Array(digest[..<8]))
                seen[1].append(Array(digest[8...]))
            }
        }
        #expect(Set(seen[0]).count == seen[0].count && Set(seen[1]).count == seen[1].count)
    }

    @Test("Every process has the same")
    func lasts() {
        let digest = Digest(Array("The quick brown fox jumps over the lazy dog".utf8)).bytes
        let text = digest.map { String($0, radix: 16) }.joined(separator: " ")
        #expect(text == "62 ee f7 6b 46 30 35 b 6f 55 6e f0 84 68 f4 99")
    }
}
