import CSV
import TestSupport
import Testing

@Suite struct CSVTests {
    private func read(_ text: String) -> CSVText { CSVText(Array(text.utf8)) }

    private func fields(_ text: String) -> [[String]] { read(text).records.map(\.fields) }

    @Test(
        "a table is read whatever its line ends, its separator, its quotes and its byte order mark",
        arguments: [
            "a,b\r\n1,2\r\n", "a,b\n1,2\n", "a,b\r1,2\r", "a,b\n1,2", "\u{FEFF}a,b\n1,2", "a;b\n1;2", "a\tb\n1\t2",
            "\"a\",\"b\"\r\n\"1\",\"2\"\r\n", "\"a\";b\n1;2", "a,b\n\n1,2\n,\n\n", "\n\na;b\n1;2",
        ])
    func tables(text: String) {
        let table = fields(text)
        #expect(table == [["a", "b"], ["1", "2"]])
        #expect(read(text).faults.isEmpty)
    }

    @Test("quoted fields hold separators, line ends and quotation marks")
    func quoted() {
        #expect(fields("a,b\n\"x, \"\"y\"\"\",\"1\r\n2\"\n") == [["a", "b"], ["x, \"y\"", "1\r\n2"]])
        #expect(fields("a\n\"\"\"\"\n") == [["a"], ["\""]])
        #expect(fields("a,b\n\"\",x\n") == [["a", "b"], ["", "x"]])
        #expect(fields("a;b\n1,5;2\n") == [["a", "b"], ["1,5", "2"]])
    }

    @Test("a record has the line that it begins in")
    func lines() {
        let text = read("a,b\r\n\"1\r\n2\n3\r4\",x\r\n\r\ny,z\n")
        #expect(text.records.map(\.line) == [1, 2, 7])
    }

    @Test("each broken record is told with its line, and the others are read")
    func faults() {
        let bytes = Array("a,b\n1\"2,x\n\"1\"2,x\n3,4\n".utf8) + [0xE9, 0x0A] + Array("5,6\n\"7\n8,9\n".utf8)
        let text = CSVText(bytes)
        #expect(text.records.map(\.fields) == [["a", "b"], ["3", "4"], ["5", "6"]])
        #expect(text.faults.map(\.line) == [2, 3, 5, 7])
        #expect(text.faults.map(\.reason) == [.strayQuote, .textAfterQuote, .notUTF8, .openQuote])
    }

    @Test("an empty text has no record")
    func empty() {
        for text in ["", "\u{FEFF}", "\n", "\r\n\r\n", ",,\n", ";;\n"] {
            #expect(read(text).records.isEmpty && read(text).faults.isEmpty)
        }
    }

    @Test("what is written is read back, whatever it is")
    func roundTrip() {
        var generator = SeededGenerator(seed: 7)
        let alphabet = ["\"", ",", ";", "\t", "\r", "\n", " ", "a", "é", "🎬"]
        for _ in 0..<500 {
            let table = (0..<3).map { _ in
                ["x"]
                    + (0..<3).map { _ in (0..<4).map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined() }
            }
            var writer = CSVWriter()
            for row in table { writer.append(row) }
            let read = CSVText(writer.bytes)
            #expect(read.faults.isEmpty && read.records.map(\.fields) == table)
        }
    }

    @Test("a hostile text is read in one pass, and never traps")
    func hostile() {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2_000 {
            let bytes: [UInt8] = (0..<40).map { _ in
                [0x22, 0x2C, 0x3B, 0x0A, 0x0D, 0x61, 0xFF].randomElement(using: &generator) ?? 0
            }
            let text = CSVText(bytes)
            #expect(text.records.count + text.faults.count <= 41)
        }
        #expect(CSVText([UInt8](repeating: 0x22, count: 100_001)).faults.count == 1)
    }
}
