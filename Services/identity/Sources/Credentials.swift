import API
import JSON
import Text

extension Fields {
    /// An address that an account may have: `<field>_missing`, `_invalid`, `_too_long`.
    mutating func email(_ name: String) -> Email? {
        guard let text = text(name, 0...Email.longest, trim: true) else { return nil }
        if let email = Email(text) { return email }
        refuse("\(name)_invalid", "The \(name) is not an e-mail address.")
        return nil
    }

    /// A password that an account may be given, in NFC: `<field>_missing`, `_invalid`, `_too_short`, `_too_long`,
    /// `_too_common`, `_is_email`.
    mutating func newPassword(_ name: String, for email: Email?) -> String? {
        guard let password = text(name, 8...128) else { return nil }
        switch PasswordWeakness(of: password, email: email) {
        case nil: return password
        case .isCommon: refuse("\(name)_too_common", "The \(name) is one of the most common ones.")
        case .isEmail: refuse("\(name)_is_email", "The \(name) must not be the account's e-mail address.")
        }
        return nil
    }

    /// What somebody says is theirs, in NFC. It is right or wrong, whatever its form: `<field>_missing`, and
    /// `<field>_invalid` for what is no text.
    mutating func claim(_ name: String) -> String? {
        switch value(name) {
        case .string(let text): return text.nfc
        case nil, .null: refuse("\(name)_missing", "The \(name) must be given.")
        default: refuse("\(name)_invalid", "The \(name) must be text.")
        }
        return nil
    }
}
