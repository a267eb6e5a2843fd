import CUTF8Proc
import Glibc

extension String {
    /// Normalization Form C (UAX #15): one spelling for what looks and means the same.
    public var nfc: String {
        isASCII ? self : mapped(by: UTF8PROC_COMPOSE)
    }

    /// For comparing without regard to case, as e-mail addresses are: NFKC and Unicode case folding; accents stay.
    public var caseFolded: String {
        isASCII ? lowercased() : mapped(by: UTF8PROC_COMPOSE, UTF8PROC_COMPAT, UTF8PROC_CASEFOLD)
    }

    /// For searching: as `caseFolded`, without accents and invisible characters. `Été à Vélizy` is `ete a velizy`.
    public var folded: String {
        isASCII
            ? lowercased()
            : mapped(
                by: UTF8PROC_COMPOSE, UTF8PROC_COMPAT, UTF8PROC_CASEFOLD, UTF8PROC_STRIPMARK, UTF8PROC_IGNORE)
    }

    private var isASCII: Bool { utf8.allSatisfy { $0 < 0x80 } }

    private func mapped(by options: utf8proc_option_t...) -> String {
        let flags = options.reduce(UTF8PROC_STABLE.rawValue) { $0 | $1.rawValue }
        var mapped: UnsafeMutablePointer<UInt8>?
        // Unsafe: utf8proc takes a pointer and a length, and hands back memory from malloc.
        let count = streamSafe.utf8.span.withUnsafeBufferPointer { text in
            utf8proc_map(text.baseAddress, text.count, &mapped, utf8proc_option_t(flags))
        }
        defer { free(mapped) }
        // A String is valid UTF-8 and the options go together: only memory can have run out.
        guard let mapped, count >= 0 else { preconditionFailure("utf8proc_map answered \(count)") }
        return String(decoding: UnsafeBufferPointer(start: mapped, count: count), as: UTF8.self)
    }

    /// The Stream-Safe Text Process (UAX #15 §13): U+034F after every 30 combining marks in a row. utf8proc sorts a run
    /// of marks in quadratic time, so that 64 KB of them would hold a thread for more than a second.
    private var streamSafe: String {
        var safe = String.UnicodeScalarView()
        var run = 0
        for scalar in unicodeScalars {
            let isMark = scalar.properties.canonicalCombiningClass != .notReordered
            if isMark, run == 30 {
                safe.append("\u{34F}")
                run = 0
            }
            run = isMark ? run + 1 : 0
            safe.append(scalar)
        }
        return String(safe)
    }
}
