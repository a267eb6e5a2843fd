import HTTPClient
import Lifecycle
import SQLite

extension ServiceContext {
    /// Where customers pay from now on.
    func paymentChannel() throws(SettingError) -> PaymentChannel {
        let value = settings.text("PAYMENTS", default: "\(PaymentChannel.counter)")
        guard let channel = PaymentChannel(rawValue: value) else {
            throw SettingError("PAYMENTS must be counter or stripe, not '\(value)'.")
        }
        return channel
    }

    /// Whoever there is a key for: customers pay through it, or did.
    /// - Throws: `SettingError` where it is not all there; none says what a secret is.
    func paymentProvider() throws -> (any PaymentProvider)? {
        guard try paymentChannel() == .stripe || settings.text("STRIPE_SECRET_KEY") != nil else { return nil }
        let url = settings.text("STRIPE_URL", default: "https://api.stripe.com")
        let key = try settings.required("STRIPE_SECRET_KEY", for: "the key that Stripe knows this shop by")
        let secret = try settings.required(
            "STRIPE_WEBHOOK_SECRET", for: "the secret by which Stripe signs what it tells")
        guard secret.utf8.count >= 16 else {
            throw SettingError("STRIPE_WEBHOOK_SECRET must have 16 bytes or more.")
        }
        guard Stripe.mayHaveKey(url) else {
            throw SettingError(
                "STRIPE_URL must be https://HOST without a path, or http:// to 127.0.0.1, localhost or [::1]: "
                    + "the key is sent there.")
        }
        let client: HTTPClient
        do throws(HTTPClientError) {
            client = try HTTPClient(Stripe.configuration(url: url, secretKey: key), loop: loops[0], metrics: metrics)
        } catch {
            throw SettingError("STRIPE_URL or STRIPE_SECRET_KEY cannot be used: \(error).")
        }
        return Stripe(client, webhookSecret: secret, log: log)
    }

    /// Nobody would take, let go or give back what still is to be.
    /// - Throws: `SettingError`, which says what waits and what to do.
    func requireNothingToFinish() throws {
        let named: Int64 = 20
        let (jobs, count) = try database.read { connection in
            (
                try connection.rows(
                    "SELECT id, kind FROM payment_jobs WHERE state = 'waiting' ORDER BY id LIMIT \(named)"
                ) { "\(try $0.int(0)) (\(try $0.text(1)))" },
                try connection.first("SELECT count(*) FROM payment_jobs WHERE state = 'waiting'") { try $0.int(0) }
            )
        }
        guard let count, count > 0 else { return }
        let rest = count > named ? " and \(count - named) more" : ""
        throw SettingError(
            """
            PAYMENTS is counter, and something waits at Stripe, in jobs \(jobs.joined(separator: ", "))\(rest). Leave \
            STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET set until they are done: new bookings are paid at the counter \
            all the same. Or do them at Stripe by hand, and say so: booking settle-payment JOB --because TEXT.
            """)
    }
}
