import Lifecycle
import Telemetry
import Testing

@Suite struct SettingsTests {
    private func settings(_ name: String, _ value: String?) -> Settings {
        Settings(value.map { [name: $0] } ?? [:])
    }

    @Test("a setting that is not given has its usual value, and an empty one is not given")
    func usual() throws {
        for value in [nil, ""] {
            #expect(try settings("N", value).integer("N", default: 7, in: 1...9) == 7)
            #expect(settings("N", value).text("N", default: "usual") == "usual")
            #expect(try settings("LOG_LEVEL", value).logLevel() == .info)
            #expect(try settings("LIMITS", value).limited())
        }
    }

    @Test(
        "a number outside its range is refused with its name, its range and what was given",
        arguments: ["0", "10", "x", "1.5", "1 "])
    func number(value: String) {
        #expect(throws: SettingError("N must be a whole number from 1 to 9, not '\(value)'.")) {
            try settings("N", value).integer("N", default: 7, in: 1...9)
        }
    }

    @Test("an address is a host and a port")
    func address() throws {
        let fallback = Address(host: "127.0.0.1", port: 1)
        #expect(try settings("A", nil).address("A", default: fallback) == fallback)
        #expect(
            try settings("A", "0.0.0.0:8080").address("A", default: fallback) == Address(host: "0.0.0.0", port: 8080))
        for bad in ["8080", "host:", "host:99999", "host:x", "host"] {
            #expect(throws: SettingError.self) { try settings("A", bad).address("A", default: fallback) }
        }
    }

    @Test("the services' secret must be there and long enough; switches know two words")
    func others() throws {
        #expect(throws: SettingError.self) { try settings("INTERNAL_TOKEN", nil).serviceCredential() }
        #expect(throws: SettingError.self) { try settings("INTERNAL_TOKEN", "short").serviceCredential() }
        #expect(try settings("INTERNAL_TOKEN", "sixteen-bytes-ok").serviceCredential() == "sixteen-bytes-ok")
        #expect(try settings("LIMITS", "off").limited() == false)
        #expect(throws: SettingError.self) { try settings("LIMITS", "no").limited() }
        #expect(throws: SettingError.self) { try settings("LOG_LEVEL", "loud").logLevel() }
    }

    @Test("the environment's own values are found")
    func environment() {
        #expect(Settings.environment().text("PATH")?.isEmpty == false)
    }
}
