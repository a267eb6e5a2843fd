/// The map that tells a reader which text the codes of a font stand for, so that it can be searched, copied and read
/// aloud: here every code is its own code point (ISO 32000-1 §9.10.3).
enum ToUnicode {
    static let identity: String = {
        let blocks = stride(from: 0, to: 256, by: 64).map { first in
            let ranges = (first..<first + 64).map { high in
                let byte = (high < 16 ? "0" : "") + String(high, radix: 16, uppercase: true)
                return "<\(byte)00> <\(byte)FF> <\(byte)00>"
            }
            return "64 beginbfrange\n\(ranges.joined(separator: "\n"))\nendbfrange"
        }
        return """
            /CIDInit /ProcSet findresource begin
            12 dict begin
            begincmap
            /CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
            /CMapName /Adobe-Identity-UCS def
            /CMapType 2 def
            1 begincodespacerange
            <0000> <FFFF>
            endcodespacerange
            \(blocks.joined(separator: "\n"))
            endcmap
            CMapName currentdict /CMap defineresource pop
            end
            end

            """
    }()
}
