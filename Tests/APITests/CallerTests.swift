import API
import Auth
import Testing
import TypedID

@Suite struct CallerTests {
    private enum ThingTag: IDTag { static let prefix: StaticString = "thg" }

    @Test("a caller is known by the identifier in its token, and one of another kind is nobody")
    func subjects() throws {
        func id(_ subject: String) throws -> TypedID<ThingTag> {
            try Principal(subject: subject, role: .customer, issuedAt: 0).id()
        }
        #expect(try id("thg_42").rawValue == 42)
        for subject in ["", "thg_", "thg_0", "usr_42", "42", "thg_9223372036854775808"] {
            let refusal = #expect(throws: APIError.self) { try id(subject) }
            #expect(refusal?.status == 401 && refusal?.faults.map(\.code) == ["token_invalid"])
        }
    }
}
