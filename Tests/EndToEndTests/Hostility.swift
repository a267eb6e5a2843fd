import JSON
import TestSupport
import Testing

/// A request that no client should send, and the refusal that it earns.
struct Hostile: Sendable {
    let what: String
    var method = "POST"
    let target: String
    var token: String?
    var headers: [(String, String)] = []
    var body: [UInt8]?
    /// The one status, and the codes if they are known.
    let status: Int
    var codes: [String]?

    func send(to stack: Stack) async throws {
        let comment: Comment = "\(what): \(method) \(target.prefix(80)) \(headers.map(\.1)) \(bodyText)"
        let answer: Answer
        do {
            answer = try await stack.send(method, target, token: token, headers: headers, body: body)
        } catch {
            Issue.record(error, comment)
            return
        }
        #expect(answer.status == status, comment)
        if let codes { #expect(answer.codes == codes, comment) }
        if status >= 400, method != "HEAD" { #expect(answer.refusalFaults == [], comment) }
    }

    private var bodyText: String { String(decoding: (body ?? []).prefix(120), as: UTF8.self) }
}

extension Stack {
    /// Sends all of it, and sees that nobody came to harm: every process is the one that was started, none has called
    /// anything an error of its own, and all answer.
    static func withstand(
        settings: [String: String] = [:], _ hostility: @Sendable (Stack) async throws -> Void
    ) async throws {
        try await run(settings: settings, fixtures: ["catalog": StackSession.rows(allocations: [50])]) { stack in
            let before = try stack.services.map { try $0.child().id }
            try await hostility(stack)
            for (service, id) in zip(stack.services, before) {
                #expect(try service.child().id == id)
                #expect(try await service.ask("/readyz").status == 200)
                let complaints = service.log.split(separator: "\n").filter { $0.contains(#""level":"error""#) }
                #expect(complaints == [])
            }
        }
    }
}
