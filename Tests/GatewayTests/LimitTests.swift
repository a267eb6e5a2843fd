import TestSupport
import Testing

@Suite struct LimitTests {
    @Test("an address that signs in over and over is told to wait, and can still do everything else")
    func limitsSignIn() throws {
        let gateway = try Gateway(limits: "on")
        let answers = try (0..<60).map { _ in try gateway.send("POST", "/v1/auth/signin", body: "{}") }
        #expect(answers.first?.status == 200)
        let refused = try #require(answers.first { $0.status == 429 })
        #expect(refused.text.contains("\"too_many_requests\""))
        #expect(refused["retry-after"] == "1")
        #expect(gateway.identity.requests.count == answers.count { $0.status == 200 })
        #expect(try gateway.send("GET", "/v1/auth/me").status == 200)
    }

    @Test("LIMITS=off limits nobody")
    func off() throws {
        let gateway = try Gateway(limits: "off")
        let answers = try (0..<60).map { _ in try gateway.send("POST", "/v1/auth/signin", body: "{}") }
        #expect(answers.allSatisfy { $0.status == 200 })
    }

    @Test("nginx accepts the configuration with the includes of compose.yaml and with TLS")
    func otherIncludes() throws {
        let directory = temporaryPath("configuration")
        let script = """
            set -e; mkdir "$1"; cp "$0"/nginx.conf "$0"/compose/*.conf "$1"; cp "$0"/limits-on.conf "$1"/limits.conf
            openssl req -x509 -newkey ed25519 -nodes -subj /CN=a -out "$1"/certificate.pem -keyout "$1"/certificate.key
            sed "s#/etc/marquee/#$1/#" "$0"/tls.conf.example >"$1"/tls.conf
            exec /usr/sbin/nginx -e stderr -p "$1" -c nginx.conf -t
            """
        let check = try ChildProcess(
            "/bin/sh", ["-c", script, Gateway.sources, directory], output: directory + ".log")
        #expect(check.waitForEnd() == .exited(0))
    }
}
