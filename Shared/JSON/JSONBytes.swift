extension [UInt8] {
    /// One copy of memory, where appending element by element would check each.
    @inline(__always)
    mutating func append(copying bytes: Span<UInt8>) {
        // Unsafe: the pointer lives for this call only.
        bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
