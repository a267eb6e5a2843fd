import API
import Testing

@Suite struct EntityTagTests {
    @Test("Each byte, each place and the length tell in a tag")
    func differs() {
        var texts: [[UInt8]] = []
        for count in 0...40 {
            let zeros = [UInt8](repeating: 0, count: count)
            texts.append(zeros)
            for place in 0..<count {
                for byte: UInt8 in [1, 0x80] {
                    texts.append(zeros)
                    texts[texts.count - 1][place] = byte
                }
            }
        }
        #expect(Set(texts.map(tag)).count == texts.count)
    }

    @Test("Every process has the same, and so has xxhsum -H2")
    func lasts() {
        #expect(tag(Array(#"{"a":1}"#.utf8)) == #""PIwUFmOs9aG2txNxYvpw-w""#)
    }

    private func tag(_ json: [UInt8]) -> String? {
        Response(status: 200, json: json).tagged().headers.last { $0.0 == "ETag" }?.1
    }
}
