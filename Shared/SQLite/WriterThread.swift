import Glibc
import Synchronization

/// A thread that does one thing and ends.
///
/// `@unchecked Sendable`: `thread` is a handle that any thread may wait for, once; `isJoined` sees to the once.
final class WriterThread: @unchecked Sendable {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private let thread: pthread_t
    private let isJoined = Mutex(false)

    init(_ run: @escaping @Sendable () -> Void) throws(DatabaseError) {
        let body = Unmanaged.passRetained(Body(run))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        guard status == 0 else {
            body.release()
            throw .io("no thread for the writer: \(String(cString: strerror(status)))")
        }
        self.thread = thread
    }

    /// Returns when the thread has ended. On the thread itself it only lets it end by itself.
    func join() {
        isJoined.withLock { isJoined in
            guard !isJoined else { return }
            isJoined = true
            if pthread_equal(thread, pthread_self()) != 0 {
                pthread_detach(thread)
            } else {
                pthread_join(thread, nil)
            }
        }
    }
}
