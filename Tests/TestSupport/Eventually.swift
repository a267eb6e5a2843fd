/// Waits until a condition holds, without keeping a thread busy. It gives up after a minute, so that the expectation
/// which follows fails instead of the whole run standing still.
public func eventually(_ condition: () -> Bool) async {
    for _ in 0..<30_000 {
        if condition() { return }
        try? await Task.sleep(for: .milliseconds(2))
    }
}
