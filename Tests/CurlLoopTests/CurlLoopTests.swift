import CCurl
import CurlLoop
import EventLoop
import TestSupport
import Testing

@Suite("libcurl on a loop")
struct CurlLoopTests {
    /// What a transfer of that address ends with.
    private func result(of url: String, on loop: EventLoop) async -> CURLcode {
        await loop.perform {
            guard let curl = CurlLoop(on: loop, keptConnections: 1), let easy = curl_easy_init() else {
                return CURLE_FAILED_INIT
            }
            marquee_easy_set_string(easy, CURLOPT_URL, url)
            marquee_easy_set_long(easy, CURLOPT_NOBODY, 1)
            let result = await withCheckedContinuation { continuation in
                curl.ended = { _, result in continuation.resume(returning: result) }
                if !curl.add(easy) { continuation.resume(returning: CURLE_FAILED_INIT) }
            }
            curl.remove(easy)
            curl_easy_cleanup(easy)
            return result
        }
    }

    @Test("ends a transfer with its result, whichever that is")
    func results() async throws {
        let loop = try EventLoop(name: "curl-test")
        defer { loop.stop() }
        let file = temporaryPath("file")
        try writeFile(file, [1])
        #expect(await result(of: "file://\(file)", on: loop) == CURLE_OK)
        #expect(await result(of: "http://127.0.0.1:1/", on: loop) == CURLE_COULDNT_CONNECT)
    }
}
