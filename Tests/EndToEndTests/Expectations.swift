import JSON
import TestSupport
import Testing

extension Answer {
    /// The answer, once it is known to have that status and that shape.
    @discardableResult
    func expect(
        _ status: Int, _ shape: Shape, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> JSONValue {
        try #require(self.status == status, "\(String(decoding: body, as: UTF8.self))", sourceLocation: sourceLocation)
        #expect(header("content-type") == "application/json", sourceLocation: sourceLocation)
        #expect(shape.faults(in: json) == [], sourceLocation: sourceLocation)
        return json
    }

    /// A refusal with exactly these codes, each with a sentence for a person.
    func expectRefusal(
        _ status: Int, _ codes: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try expect(status, .errors, sourceLocation: sourceLocation)
        #expect(self.codes == codes, sourceLocation: sourceLocation)
        #expect(refusalFaults == [], sourceLocation: sourceLocation)
    }

    /// What is wrong with the format of a refusal; empty when nothing is.
    var refusalFaults: [String] {
        var faults = Shape.errors.faults(in: json)
        if header("content-type") != "application/json" { faults.append("its type is no JSON") }
        let errors = json["errors"]?.arrayValue ?? []
        if errors.isEmpty { faults.append("it names no error") }
        if status == 401, header("www-authenticate") == nil { faults.append("it names no scheme") }
        if [429, 503].contains(status), header("retry-after") == nil {
            faults.append("it does not say when to come back")
        }
        for error in errors {
            let (code, message) = (error["code"]?.stringValue ?? "", error["message"]?.stringValue ?? "")
            if !code.allSatisfy({ $0 == "_" || ("a"..."z").contains($0) }) { faults.append("\(code) is no code") }
            if !message.hasSuffix(".") { faults.append("\(message) is no sentence") }
        }
        return faults
    }
}
