import Glibc
import Synchronization

/// Commits what a number of submitters ask for, each a thread that waits for its last unit of work before it asks for
/// the next: whoever waits goes into the next batch, each unit in a savepoint of its own.
/// - Returns: units a second.
func groupCommits(
    on database: Bare, submitters count: Int, milliseconds: Int, _ unit: (_ submitter: Int) throws -> Void
) throws -> Double {
    let (begin, commit) = (try database.prepare("BEGIN IMMEDIATE"), try database.prepare("COMMIT"))
    let (save, release) = (try database.prepare("SAVEPOINT unit"), try database.prepare("RELEASE unit"))
    let queue = Queue()
    let submitters = (0..<count).map { Submitter($0, queue) }
    for submitter in submitters { try submitter.start() }
    let start = microseconds()
    let end = start + Int64(milliseconds) * 1000
    var units = 0
    while microseconds() < end {
        let batch = queue.take()
        try database.run(begin)
        for submitter in batch {
            try database.run(save)
            try unit(submitter)
            try database.run(release)
        }
        try database.run(commit)
        units += batch.count
        for submitter in batch { submitters[submitter].done.post() }
    }
    return Double(units) / (Double(microseconds() - start) / 1e6)
}

/// A thread that submits for as long as the process lives.
private final class Submitter: Sendable {
    let done = Semaphore()
    private let number: Int
    private let queue: Queue

    init(_ number: Int, _ queue: Queue) {
        self.number = number
        self.queue = queue
    }

    func start() throws {
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                let submitter = Unmanaged<Submitter>.fromOpaque(context).takeRetainedValue()
                while true {
                    submitter.queue.append(submitter.number)
                    submitter.done.wait()
                }
            }, Unmanaged.passRetained(self).toOpaque())
        guard status == 0 else { throw Failure(description: "no thread") }
    }
}

private final class Queue: Sendable {
    private let waiting = Mutex<[Int]>([])
    private let arrival = Semaphore()

    func append(_ submitter: Int) {
        let isFirst = waiting.withLock { waiting in
            waiting.append(submitter)
            return waiting.count == 1
        }
        if isFirst { arrival.post() }
    }

    /// All that wait, as soon as one does.
    func take() -> [Int] {
        arrival.wait()
        return waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}

/// `@unchecked Sendable`: a POSIX semaphore, which is made for threads.
private final class Semaphore: @unchecked Sendable {
    private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init() { sem_init(semaphore, 0, 0) }

    deinit {
        sem_destroy(semaphore)
        semaphore.deallocate()
    }

    func post() { sem_post(semaphore) }
    func wait() { while sem_wait(semaphore) != 0 {} }
}
