import CCurl
import CurlLoop
import EventLoop

/// One loop's kept connections to one neighbour: a `curl_multi` of their own, so that a neighbour that hangs cannot
/// use up another's connections, driven by the loop's events. Everything happens on the loop's thread.
final class ConnectionPool {
    private let configuration: HTTPClient.Configuration
    private let curl: CurlLoop
    private var idle: [UnsafeMutableRawPointer] = []
    /// Every transfer that is under way or waits: the strong references behind libcurl's pointers.
    private var transfers: [UInt64: Transfer] = [:]
    /// Those that wait for a connection, oldest first.
    private var waiting: [UInt64] = []
    private var connectionsInUse = 0

    init(_ configuration: HTTPClient.Configuration, on loop: EventLoop) throws(HTTPClientError) {
        guard let curl = CurlLoop(on: loop, keptConnections: configuration.maxConnectionsPerLoop) else {
            throw .unreachable(reason: "libcurl could not be started")
        }
        self.configuration = configuration
        self.curl = curl
        curl.ended = { [unowned self] easy, result in
            guard let context = marquee_easy_private(easy) else { return }
            let transfer = Transfer.of(context)
            end(transfer, transfer.outcome(result))
        }
    }

    /// Runs on the loop: when its client goes, or when the loop itself stops.
    deinit {
        for transfer in transfers.values {
            if let easy = transfer.easy { curl.remove(easy) }
            if let easy = transfer.end() { curl_easy_cleanup(easy) }
            transfer.resume(.failure(.cancelled))
        }
        for easy in idle { curl_easy_cleanup(easy) }
    }

    /// Sends the transfer's request, now or when a connection is free.
    func start(_ transfer: Transfer) {
        transfers[transfer.id] = transfer
        if connectionsInUse < configuration.maxConnectionsPerLoop {
            connect(transfer)
        } else {
            waiting.append(transfer.id)
        }
    }

    /// Gives up on a transfer; nothing happens when it has ended already.
    func abort(_ id: UInt64, _ error: HTTPClientError) {
        guard let transfer = transfers[id] else { return }
        end(transfer, .failure(error))
    }

    private func connect(_ transfer: Transfer) {
        guard let easy = idle.popLast() ?? curl_easy_init() else {
            return end(transfer, .failure(.unreachable(reason: "no memory for a transfer")))
        }
        connectionsInUse += 1
        transfer.begin(on: easy)
        if !curl.add(easy) {
            end(transfer, .failure(.unreachable(reason: "libcurl refused the transfer")))
        }
    }

    private func end(_ transfer: Transfer, _ outcome: Transfer.Outcome) {
        transfers[transfer.id] = nil
        if let easy = transfer.easy {
            // Under way, it takes its connection with it: what is left of the answer must not meet the next request.
            curl.remove(easy)
            connectionsInUse -= 1
        } else {
            waiting.removeAll { $0 == transfer.id }
        }
        if let easy = transfer.end() { idle.append(easy) }
        transfer.resume(outcome)
        connectNext()
    }

    private func connectNext() {
        while connectionsInUse < configuration.maxConnectionsPerLoop, !waiting.isEmpty {
            if let transfer = transfers[waiting.removeFirst()] { connect(transfer) }
        }
    }
}
