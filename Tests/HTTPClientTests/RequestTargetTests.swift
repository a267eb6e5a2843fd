import HTTPClient
import Testing

@Suite("The request target")
struct RequestTargetTests {
    @Test(
        "takes paths that are paths already",
        arguments: [
            "/", "/internal/v1/sessions/ses_1", "/a%20b/c;d=e,f", "/.well-known/jwks.json", "/a/...", "/@:!$&'()*+",
        ])
    func goodPaths(path: String) throws {
        #expect(try RequestTarget.make(path: path, query: []) == path)
    }

    @Test(
        "refuses all others instead of repairing them",
        arguments: [
            "", "a", "http://evil/", "/a b", "/a\r\nX-Evil: 1", "/a\n", "/a\rb", "/a\0b", "/a?b=c", "/a#b", "/é",
            "/a%2",
            "/a%zz", "/%", "/..", "/a/../b", "/a/.", "/a/%2e%2E/b", "/a\\b", "/a\u{7F}",
        ])
    func badPaths(path: String) {
        #expect(throws: HTTPClientError.self) { try RequestTarget.make(path: path, query: []) }
    }

    @Test("encodes names and values of the query, line breaks included")
    func query() throws {
        let query = [("q", "tea & cake = 100%"), ("é", "\r\nX-Evil: 1"), ("plain-._~", ""), ("plus", "a+b")]
        let target = try RequestTarget.make(path: "/search", query: query)
        #expect(
            target
                == "/search?q=tea%20%26%20cake%20%3D%20100%25&%C3%A9=%0D%0AX-Evil%3A%201&plain-._~=&plus=a%2Bb")
    }

    @Test(
        "takes a base URL of scheme, host and port", arguments: ["http://catalog:8080", "https://h", "http://[::1]:80"])
    func goodBaseURLs(url: String) {
        #expect(RequestTarget.isBaseURL(url))
    }

    @Test(
        "takes no other",
        arguments: ["", "catalog:8080", "ftp://h", "http://", "http://h/", "http://u@h", "http://h?q", "http://h\r\n"])
    func badBaseURLs(url: String) {
        #expect(!RequestTarget.isBaseURL(url))
    }
}
