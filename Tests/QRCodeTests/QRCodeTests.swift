import QRCode
import TestSupport
import Testing

@Suite("A QR code")
struct QRCodeTests {
    /// Drawn at six pixels a module by a renderer of SVG.
    private func read(svg: String, side: Int) async throws -> [String] {
        let path = temporaryPath("code.svg")
        try writeFile(path, Array(svg.utf8))
        let arguments = ["--width", "\(side * 6)", "--height", "\(side * 6)", "--output", path + ".png", path]
        _ = try await output(of: "/usr/bin/rsvg-convert", arguments)
        return try await barcodes(in: path + ".png")
    }

    /// One pixel of a plain black and white picture (PBM) for every third of a module.
    private func read(matrix code: QRCode) async throws -> [String] {
        let margin = QRCode.quietZone
        let rows = (-margin..<code.size + margin).flatMap { row in
            let line = (-margin..<code.size + margin).flatMap { column in
                [String](repeating: code.isDark(row: row, column: column) ? "1" : "0", count: 3)
            }
            return [String](repeating: line.joined(separator: " "), count: 3)
        }
        let side = 3 * (code.size + 2 * margin)
        let path = temporaryPath("code.pbm")
        try writeFile(path, Array("P1\n\(side) \(side)\n\(rows.joined(separator: "\n"))\n".utf8))
        return try await barcodes(in: path)
    }

    @Test("is read by another program, at every level of correction", arguments: QRCode.Correction.allCases)
    func levels(correction: QRCode.Correction) async throws {
        let text = "tkt_7265412058882048.k1.3q2-7wEAAQ"
        let code = try QRCode(text, correction: correction)
        #expect(try await read(svg: code.svg, side: code.size + 8) == [text])
        #expect(try await read(matrix: code) == [text])
    }

    @Test("keeps text that is not ASCII")
    func unicode() async throws {
        let text = "Été à Łódź, Ωμέγα"
        let code = try QRCode(text)
        #expect(try await read(matrix: code) == [text])
    }

    @Test("grows with what it holds and with its correction")
    func sizes() throws {
        #expect(try QRCode("0123456789").size == 21)
        #expect(try QRCode("0123456789", correction: .high).size == 25)
        #expect(try QRCode(bytes: [UInt8](repeating: 65, count: 2_953), correction: .low).size == 177)
    }

    @Test("is refused for what the largest one cannot hold")
    func tooLong() {
        #expect(throws: QRCodeError.tooLong(bytes: 2_954)) {
            try QRCode(bytes: [UInt8](repeating: 65, count: 2_954), correction: .low)
        }
        #expect(throws: QRCodeError.tooLong(bytes: 2_000)) {
            try QRCode(bytes: [UInt8](repeating: 65, count: 2_000), correction: .high)
        }
        #expect(throws: QRCodeError.tooLong(bytes: 5_000_000)) {
            try QRCode(bytes: [UInt8](repeating: 65, count: 5_000_000))
        }
        #expect(throws: QRCodeError.empty) { try QRCode("") }
    }

    @Test("of zero bytes is a code of zero bytes, not of none")
    func zeros() throws {
        #expect(try QRCode(bytes: [0, 0, 0]) != QRCode(bytes: [0, 0]))
    }

    @Test("is one path of merged runs, which cover its dark modules exactly")
    func runs() throws {
        let code = try QRCode("one path")
        var covered = Set<[Int]>()
        for run in code.runs {
            #expect(!code.isDark(row: run.row, column: run.column - 1))
            #expect(!code.isDark(row: run.row, column: run.column + run.length))
            for column in run.column..<run.column + run.length { covered.insert([run.row, column]) }
        }
        for row in -1...code.size {
            for column in -1...code.size {
                #expect(covered.contains([row, column]) == code.isDark(row: row, column: column))
            }
        }
        #expect(code.svg.split(separator: "<path").count == 2)
        #expect(code.svg.contains("viewBox=\"0 0 29 29\""))
    }
}
