import CEvent
import EventLoop
import Glibc
import Synchronization
import Time

extension Connection {
    /// The socket's bytes, before evhttp has seen them.
    func arrived(_ count: Int) {
        guard phase != .refusing else { return }
        if phase == .idle {
            enter(.reading)
            head = HeadScan()
        }
        guard hasRoom(for: count) else { return }
        guard phase == .reading, head.verdict == .incomplete else { return }
        scan(last: count)
        if case .refused(let status) = head.verdict { refuse(status) }
    }

    /// evhttp itself would take any number of bytes from a client that sends without reading its answer, or that never
    /// ends the line with a chunk's size.
    private func hasRoom(for count: Int) -> Bool {
        if !hold(count), phase == .reading, bytesHeld > limits.headBytes {
            refuse(503)
            return false
        }
        guard evbuffer_get_length(input) > limits.headBytes + limits.bodyBytes else { return true }
        if phase == .reading { refuse(413) } else { bufferevent_disable(events, Int16(EV_READ)) }
        return false
    }

    private func scan(last count: Int) {
        var position = evbuffer_ptr()
        evbuffer_ptr_set(input, &position, evbuffer_get_length(input) - count, EVBUFFER_PTR_SET)
        let pieces = Int(evbuffer_peek(input, count, &position, nil, 0))
        guard pieces > 0 else { return }
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: pieces) { vectors in
            evbuffer_peek(input, count, &position, vectors.baseAddress, Int32(pieces))
            for vector in vectors {
                head.scan(UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len), limits: limits)
            }
        }
    }

    /// evhttp has read a whole request.
    func received(_ raw: UnsafeMutablePointer<evhttp_request>) {
        if let fault { return refuse(fault) }
        // An absolute target is not a proxy's to us; evhttp would close the connection for it.
        raw.pointee.flags &= ~EVHTTP_PROXY_REQUEST
        let check = HeadCheck(raw, headerFields: head.headerFields)
        if let refusal = check.refusal { return refuse(refusal, withBody: raw.pointee.type != EVHTTP_REQ_HEAD) }
        let request = HTTPRequest(raw, headerFields: head.headerFields, arrived: since)
        self.request = request
        enter(.handling)
        if check.closes { evhttp_add_header(raw.pointee.output_headers, "Connection", "close") }
        evhttp_request_set_on_complete_cb(raw, { _, context in Connection.from(context)?.completed() }, context)
        guard admit(request) else { return reply(server.shared.refusal(503), to: request) }
        let exchange = Exchange(connection: self, request: request)
        server.loop.task { await exchange.run() }
    }

    private func admit(_ request: HTTPRequest) -> Bool {
        let shared = server.shared
        let others = shared.requestsInFlight.wrappingAdd(1, ordering: .relaxed).oldValue
        if others < limits.requestsInFlight, others < limits.crowd || !shared.yields(request) { return true }
        shared.requestsInFlight.subtract(1, ordering: .relaxed)
        return false
    }

    /// The answer is sent, and evhttp is about to read the next request, of which some may be here already.
    func completed() {
        request?.detach()
        request = nil
        letGo()
        watchOutput(true)
        enter(.idle)
        let count = evbuffer_get_length(input)
        guard count > 0 else { return }
        _ = hold(count)
        enter(.reading)
        head = HeadScan()
        scan(last: count)
        guard case .refused(let status) = head.verdict else { return }
        fault = status
        server.call(self)
    }
}

/// A request on its way through the handler.
///
/// `@unchecked Sendable`: the task that it is handed to runs on the connection's own loop.
private struct Exchange: @unchecked Sendable {
    let connection: Connection
    let request: HTTPRequest

    func run() async {
        let shared = connection.server.shared
        let response = connection.hasWaitedTooLong ? shared.refusal(503) : await shared.handler(request)
        shared.requestsInFlight.subtract(1, ordering: .relaxed)
        connection.reply(response, to: request)
    }
}
