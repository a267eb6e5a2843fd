import CEvent
import Glibc
import Synchronization

extension Connection {
    /// Sends the one answer of a request, unless its connection is gone.
    func reply(_ response: HTTPResponse, to request: HTTPRequest) {
        guard let raw = request.raw else { return }
        var response = response
        if case .bytes(let bytes) = response.body, !hold(bytes.count), bytes.count > limits.headBytes {
            response = server.shared.refusal(503)
        }
        let fields = raw.pointee.output_headers
        enter(.answering)
        watchOutput(false)
        add("Date", server.clock.now(), to: fields)
        for (name, value) in response.headers { add(name, value, to: fields) }
        // RFC 9110, section 8.6: none for 204, and none that is not GET's own for 304.
        if response.status >= 200, response.status != 204, response.status != 304 {
            add("Content-Length", String(response.body.count), to: fields)
            if request.method != .head { response.body.append(to: raw.pointee.output_buffer) }
        }
        if server.shared.draining.load(ordering: .relaxed), evhttp_find_header(fields, "Connection") == nil {
            evhttp_add_header(fields, "Connection", "close")
        }
        evhttp_send_reply(raw, Int32(response.status), reasonPhrase(response.status), nil)
        flush()
    }

    /// Without the copy of each text that handing a String to C makes.
    private func add(_ name: String, _ value: String, to fields: UnsafeMutablePointer<evkeyvalq>?) {
        name.withCString { name in value.withCString { value in _ = evhttp_add_header(fields, name, value) } }
    }

    /// Writes now what the loop would write once the kernel has said that the socket takes it, as it nearly always does.
    private func flush() {
        evbuffer_unfreeze(output, 1)
        evbuffer_write(output, bufferevent_getfd(events))
        evbuffer_freeze(output, 1)
        if evbuffer_get_length(output) == 0 { bufferevent_trigger(events, Int16(EV_WRITE), 0) }
    }

    /// evhttp writes an error page of its own when it cannot read a request: it is replaced before it is sent, since a
    /// bufferevent writes from the loop only.
    func written(after size: Int) {
        guard phase == .reading, fault == nil else { return }
        var position = evbuffer_ptr()
        evbuffer_ptr_set(output, &position, size, EVBUFFER_PTR_SET)
        var line = [UInt8](repeating: 0, count: 32)
        let count = evbuffer_copyout_from(output, &position, &line, line.count)
        guard count > 0 else { return }
        // `HTTP/1.1 400 Bad Request`, with the version that the client named; 100 only asks for the body.
        let words = line.prefix(count).split(separator: 0x20)
        let status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) : nil
        if status == 100 { return }
        fault = status.flatMap { (400...599).contains($0) ? $0 : nil } ?? 400
        server.call(self)
    }

    /// Answers with the caller's own refusal and closes, whatever evhttp was about to do.
    func refuse(_ status: Int, withBody: Bool = true) {
        guard phase != .refusing else { return }
        enter(.refusing)
        request?.detach()
        request = nil
        letGo()
        bufferevent_setcb(
            events,
            { events, _ in
                // Not the context: evhttp's own delayed read hands over another one.
                let input = bufferevent_get_input(events)
                evbuffer_drain(input, evbuffer_get_length(input))
            },
            { events, _ in shutdown(bufferevent_getfd(events), Int32(SHUT_WR)) },
            { _, _, context in Connection.from(context)?.close() }, context)
        evbuffer_unfreeze(output, 1)
        evbuffer_drain(output, evbuffer_get_length(output))
        evbuffer_freeze(output, 1)
        evbuffer_drain(input, evbuffer_get_length(input))
        let response = server.shared.refusal(status)
        let fields =
            [("Date", server.clock.now())] + response.headers
            + [("Content-Length", String(response.body.count)), ("Connection", "close")]
        let head = fields.reduce("HTTP/1.1 \(response.status) \(reasonPhrase(response.status))\r\n") { head, field in
            "\(head)\(field.0): \(field.1)\r\n"
        }
        let bytes = Array("\(head)\r\n".utf8)
        evbuffer_add(output, bytes, bytes.count)
        if withBody { response.body.append(to: output) }
        bufferevent_enable(events, Int16(EV_READ | EV_WRITE))
    }
}

extension HTTPResponse.Body {
    func append(to buffer: OpaquePointer?) {
        switch self {
        case .empty:
            break
        case .bytes(let bytes):
            evbuffer_add(buffer, bytes, bytes.count)
        case .shared(let bytes):
            guard bytes.count > 0 else { return }
            // Released when the last byte is sent or the connection is gone; at once when libevent has no memory.
            let owner = Unmanaged.passRetained(bytes)
            let status = evbuffer_add_reference(
                buffer, bytes.memory.baseAddress, bytes.count,
                { _, _, owner in owner.map { Unmanaged<SharedBytes>.fromOpaque($0).release() } }, owner.toOpaque())
            if status != 0 { owner.release() }
        }
    }
}
