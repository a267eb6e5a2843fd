// Four threads that meet at a Mutex, which is no race; and, with an argument, at a number beside it, which is one.
import Glibc
import Synchronization

final class Shared: @unchecked Sendable {
    let guarded = Mutex<[Int]>([])
    var bare = 0
}

let shared = Shared()
let races = CommandLine.arguments.count > 1
let threads = (0..<4).map { _ in
    var thread = pthread_t()
    pthread_create(
        &thread, nil,
        { _ in
            for number in 0..<20_000 {
                shared.guarded.withLock { $0 = $0.count > 100 ? [] : $0 + [number] }
                if races { shared.bare += 1 }
            }
            return nil
        }, nil)
    return thread
}
for thread in threads { pthread_join(thread, nil) }
