extension OutputSpan<UInt8> {
    /// One copy of memory, where appending element by element would check each.
    @inline(__always)
    mutating func append(copying bytes: Span<UInt8>) {
        precondition(freeCapacity >= bytes.count)
        // Unsafe: both pointers live for this call only, and the room was checked.
        withUnsafeMutableBufferPointer { buffer, initialized in
            bytes.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[initialized...])
                    .copyMemory(from: source)
            }
            initialized += bytes.count
        }
    }
}

extension [UInt8] {
    /// One copy of memory, where appending element by element would check each.
    @inline(__always)
    mutating func append(copying bytes: Span<UInt8>) {
        // Unsafe: the pointer lives for this call only.
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
