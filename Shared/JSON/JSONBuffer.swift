/// Bytes that grow at their end and are written in place: an array asks at each write whether somebody else holds it.
struct JSONBuffer: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        start = .allocate(capacity: capacity)
    }

    deinit { start.deallocate() }

    var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

    /// The span has room for `most` bytes at least, and takes no more than it has room for.
    @inline(__always)
    mutating func append(atMost most: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        if capacity - count < most { grow(by: most) }
        // Unsafe: the room after the last byte is this buffer's alone, and nothing moves it before the span is gone.
        let room = UnsafeMutableBufferPointer(start: start + count, count: capacity - count)
        var output = OutputSpan(buffer: room, initializedCount: 0)
        write(&output)
        count += output.finalize(for: room)
    }

    @inline(never)
    private mutating func grow(by more: Int) {
        capacity = max(2 * capacity, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
    }
}
