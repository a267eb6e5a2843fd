import Auth
import Testing

@Suite struct TokenMemoryTests {
    private func token(_ user: Int) -> AccessToken {
        AccessToken(subject: "usr_\(user)", role: .customer, issuedAt: 1, expiresAt: 2)
    }

    @Test("tokens that are shown stay while others come and go, and there are never more than so many")
    func used() {
        var memory = TokenMemory(most: 64)
        memory.remember(token(0), "token 0")
        for user in 1...1000 {
            memory.remember(token(user), "token \(user)")
            #expect(memory.token("token 0") == token(0))
            #expect(memory.token("token \(user)") == token(user))
            #expect(memory.count <= 64)
        }
        #expect(memory.token("token 1") == nil)
        #expect(memory.count > 16)
        memory.forget()
        #expect(memory.token("token 0") == nil && memory.count == 0)
    }

    @Test("texts of any length are told apart by each of their bytes")
    func apart() {
        var memory = TokenMemory(most: 1000)
        let texts = ["", "K", "\u{212A}", "a", "A"] + (1...300).map { String(repeating: "a", count: $0) + "b" }
        for (user, text) in texts.enumerated() { memory.remember(token(user), text) }
        for (user, text) in texts.enumerated() { #expect(memory.token(text) == token(user)) }
        #expect(memory.token("b") == nil && memory.token("aa") == nil)
    }
}
