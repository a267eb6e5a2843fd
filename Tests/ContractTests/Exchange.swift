import JSON
import TestSupport

/// A request and the answer to it that another service relies on, as that service has written it down.
struct Exchange: Sendable, CustomStringConvertible {
    let provider: String
    /// Who relies on it, and the file's name.
    let description: String
    let method: String
    let path: String
    let headers: [(String, String)]
    let sent: JSONValue?
    let status: Int
    let answerHeaders: [(String, String)]
    let body: JSONValue?

    init(provider: String, path file: String) throws {
        let exchange = try JSONValue(parsing: Array(readFile(file).utf8))
        func text(_ value: JSONValue?) throws -> String {
            guard let text = value?.stringValue else { throw Stack.Failure(reason: "\(file) is not an exchange") }
            return text
        }
        func fields(_ value: JSONValue?) throws -> [(String, String)] {
            try (value?.objectValue?.members ?? []).map { ($0.name, try text($0.value)) }
        }
        self.provider = provider
        description = file.split(separator: "/").suffix(2).joined(separator: "/")
        method = try text(exchange["request"]?["method"])
        path = try text(exchange["request"]?["path"])
        headers = try fields(exchange["request"]?["headers"])
        sent = exchange["request"]?["body"]
        status = Int(exchange["answer"]?["status"]?.integerValue ?? 0)
        answerHeaders = try fields(exchange["answer"]?["headers"])
        body = exchange["answer"]?["body"]
    }

    /// All that consumers have written down, of all providers.
    static func all() throws -> [Exchange] {
        try Stack.names.flatMap { provider in
            let folder = "\(checkoutPath)/Services/\(provider)/Contract/consumers"
            return try entries(of: folder).flatMap { consumer in
                try entries(of: "\(folder)/\(consumer)").map { file in
                    try Exchange(provider: provider, path: "\(folder)/\(consumer)/\(file)")
                }
            }
        }
    }
}
