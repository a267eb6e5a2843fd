import CCurl
import CurlLoop
import EventLoop

/// The messages that one loop is sending to one server, and those that wait for a connection.
final class DeliveryQueue {
    private let configuration: SMTPConfiguration
    private let curl: CurlLoop
    private var deliveries: [UInt64: Delivery] = [:]
    private var waiting: [UInt64] = []
    private var connections = 0

    init(_ configuration: SMTPConfiguration, on loop: EventLoop) throws(MailError) {
        guard let curl = CurlLoop(on: loop, keptConnections: 1) else {
            throw .unreachable(reason: "libcurl could not be started")
        }
        self.configuration = configuration
        self.curl = curl
        curl.ended = { [unowned self] easy, result in
            if let delivery = Delivery.of(easy) { end(delivery, delivery.outcome(result)) }
        }
    }

    deinit {
        for delivery in deliveries.values {
            delivery.cut()
            if let easy = delivery.easy { curl.remove(easy) }
            delivery.end(.failure(.cancelled))
        }
    }

    func start(_ delivery: Delivery) {
        deliveries[delivery.id] = delivery
        waiting.append(delivery.id)
        connectNext()
    }

    /// Gives up on a message; nothing happens when it has ended already.
    func abort(_ id: UInt64, _ error: MailError) {
        guard let delivery = deliveries[id] else { return }
        delivery.cut()
        end(delivery, .failure(error))
    }

    private func connectNext() {
        while connections < configuration.maxConnections, !waiting.isEmpty {
            guard let delivery = deliveries[waiting.removeFirst()] else { continue }
            guard let easy = delivery.begin(configuration) else {
                end(delivery, .failure(.unreachable(reason: "no memory for a transfer")))
                continue
            }
            connections += 1
            if !curl.add(easy) { end(delivery, .failure(.unreachable(reason: "libcurl refused the transfer"))) }
        }
    }

    private func end(_ delivery: Delivery, _ outcome: Delivery.Outcome) {
        deliveries[delivery.id] = nil
        if let easy = delivery.easy {
            curl.remove(easy)
            connections -= 1
        } else {
            waiting.removeAll { $0 == delivery.id }
        }
        delivery.end(outcome)
        connectNext()
    }
}
