import Auth

/// Ed25519 over a token's length, signed and verified by OpenSSL.
/// - Returns: microseconds each, as JSON.
func signatures(milliseconds: Int) -> String {
    let message = [UInt8](repeating: 0x61, count: 240)
    guard let key = Ed25519.PrivateKey.generate(), let signature = key.signature(of: message) else { return "{}" }
    let sign = each(milliseconds / 2) { _ = key.signature(of: message) }
    let verify = each(milliseconds / 2) { _ = key.publicKey.verifies(signature, of: message) }
    return #"{"sign": \#(sign), "verify": \#(verify)}"#
}

private func each(_ milliseconds: Int, _ body: () -> Void) -> Double {
    let start = microseconds()
    var count = 0
    while microseconds() < start + Int64(milliseconds) * 1000 {
        body()
        count += 1
    }
    return Double(microseconds() - start) / Double(count)
}
