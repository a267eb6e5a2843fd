import Time

/// When signing keys come and go.
///
///     |-- published --|-- signs, for as long as keys live --|-- published --|
///         overlap                                                overlap
///
/// A key is published before it signs, so that every verifier has heard of it by then, and is published after the
/// next one has taken over, until its last token has expired.
package struct KeySchedule: Sendable {
    /// What is known of a key without its secret.
    package struct Key: Sendable, Equatable {
        package let id: String
        package let activeFrom: Timestamp

        package init(id: String, activeFrom: Timestamp) {
            self.id = id
            self.activeFrom = activeFrom
        }
    }

    let lifetimeMilliseconds: Int64
    let overlapMilliseconds: Int64

    package init(lifetimeMilliseconds: Int64, overlapMilliseconds: Int64) {
        self.lifetimeMilliseconds = lifetimeMilliseconds
        self.overlapMilliseconds = overlapMilliseconds
    }

    /// The keys whose last token has expired.
    /// - Parameter keys: in the order in which they sign.
    package func expired(_ keys: [Key], at now: Timestamp) -> [Key] {
        zip(keys, keys.dropFirst()).compactMap { key, next in
            next.activeFrom.advanced(byMilliseconds: overlapMilliseconds) <= now ? key : nil
        }
    }

    /// Whether it is time for another key, so that it may sign when the last one has done so for a lifetime.
    package func needsKey(_ keys: [Key], at now: Timestamp) -> Bool {
        guard let last = keys.last else { return true }
        return last.activeFrom.advanced(byMilliseconds: lifetimeMilliseconds - overlapMilliseconds) <= now
    }

    /// From when on a key that is made now signs: at once when it is the only one. Nil while one key is taking over
    /// from another already: more than two are never published.
    package func activation(after keys: [Key], at now: Timestamp) -> Timestamp? {
        switch keys.count - expired(keys, at: now).count {
        case 0: now
        case 1: now.advanced(byMilliseconds: overlapMilliseconds)
        default: nil
        }
    }
}
