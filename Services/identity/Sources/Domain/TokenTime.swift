import Time

/// Tokens count in whole seconds, passwords change at any millisecond. Between the two nothing may slip through: what
/// was issued before a change is older than `withdrawal`, and what is issued after it is not.
package enum TokenTime {
    /// The `iat` of a token, in seconds since 1970: possibly a second ahead, within the leeway that verifiers grant.
    package static func issuing(at now: Timestamp, validFrom: Timestamp) -> Int64 {
        max(now, validFrom).rawValue / 1000
    }

    /// From when on tokens count after a change of the password: the next whole second, or the one after that when
    /// tokens have been issued for that already.
    package static func withdrawal(at now: Timestamp, validFrom: Timestamp) -> Timestamp {
        Timestamp(rawValue: (issuing(at: now, validFrom: validFrom) + 1) * 1000)
    }
}
