import Auth
import IdentityService
import JSON
import TestSupport
import Testing
import Time

@Suite("Users, as admins see them")
struct UserTests {
    @Test("a user is found by id, and by address in any case")
    func found() async throws {
        try await withIdentity { identity in
            let (_, admin) = try await identity.person("admin@example.com", .admin)
            let id = try await identity.signUp("Ada+films@Example.com")
            let created = identity.clock.now.rfc3339
            for target in [
                "/v1/users/\(id)", "/v1/users?email=ada%2BFILMS@example.com",
                "/v1/users?x=1&email=Ada%2Bfilms%40Example.com",
            ] {
                let answer = try await identity.get(target, token: admin)
                #expect(answer.status == 200)
                #expect(
                    answer.json == [
                        "user": [
                            "id": .string(id), "email": "Ada+films@Example.com", "role": "customer",
                            "created_at": .string(created),
                        ]
                    ])
            }
        }
    }

    @Test(
        "what is nobody's is a 404, what is no address is a 422",
        arguments: [
            ("/v1/users/usr_1", 404, "user_not_found"), ("/v1/users/mov_1", 404, "user_not_found"),
            ("/v1/users/x", 404, "user_not_found"), ("/v1/users/usr_01", 404, "user_not_found"),
            ("/v1/users/usr_99999999999999999999", 404, "user_not_found"), ("/v1/users/", 404, "route_not_found"),
            ("/v1/users?email=bob@example.com", 404, "user_not_found"), ("/v1/users", 422, "email_missing"),
            ("/v1/users?email=", 422, "email_invalid"), ("/v1/users?email=bob", 422, "email_invalid"),
            ("/v1/users?email=" + String(repeating: "a", count: 255), 422, "email_too_long"),
            ("/v1/users?email=%zz", 400, "invalid_query"), ("/v1/users?email=%00", 400, "invalid_query"),
        ])
    func notFound(target: String, status: Int, code: String) async throws {
        try await withIdentity { identity in
            let (_, admin) = try await identity.person("admin@example.com", .admin)
            let answer = try await identity.get(target, token: admin)
            #expect(answer.status == status)
            #expect(answer.codes == [code])
        }
    }

    @Test("customers and staff see no users and change no roles, before anything else is looked at")
    func forbidden() async throws {
        try await withIdentity { identity in
            for role in [Role.customer, .staff] {
                let (id, token) = try await identity.person("\(role)@example.com", role)
                for (method, target) in [
                    ("GET", "/v1/users"), ("GET", "/v1/users/\(id)"), ("GET", "/v1/users/x"),
                    ("PATCH", "/v1/users/\(id)"),
                ] {
                    let answer = try await identity.send(
                        method, target, token: token, body: method == "PATCH" ? "no json" : nil)
                    #expect(answer.status == 403)
                    #expect(answer.codes == ["forbidden"])
                }
            }
        }
    }

    @Test("a role is changed at once in identity's own eyes, and in tokens from the next sign-in on")
    func changed() async throws {
        try await withIdentity { identity in
            let (_, admin) = try await identity.person("admin@example.com", .admin)
            let (id, token) = try await identity.person("ada@example.com")
            let answer = try await identity.send("PATCH", "/v1/users/\(id)", token: admin, body: #"{"role":"admin"}"#)
            #expect(answer.status == 200)
            #expect(Answer.names(answer.json["user"]) == ["id", "email", "role", "created_at"])
            #expect(answer.json["user"]?["role"] == "admin")
            #expect(try await identity.me(token).json["user"]?["role"] == "admin")
            #expect(try await identity.get("/v1/users/\(id)", token: token).status == 403)
            let fresh = try await identity.signIn("ada@example.com")
            #expect(try await identity.get("/v1/users/\(id)", token: fresh).status == 200)
        }
    }

    @Test("an admin who is one no longer has lost it at once, whatever the token says")
    func demoted() async throws {
        try await withIdentity { identity in
            let (_, first) = try await identity.person("first@example.com", .admin)
            let (id, second) = try await identity.person("second@example.com", .admin)
            let down = try await identity.send("PATCH", "/v1/users/\(id)", token: first, body: #"{"role":"staff"}"#)
            #expect(down.json["user"]?["role"] == "staff")
            for (method, target) in [("GET", "/v1/users"), ("GET", "/v1/users/\(id)"), ("PATCH", "/v1/users/\(id)")] {
                let answer = try await identity.send(
                    method, target, token: second, body: method == "PATCH" ? #"{"role":"admin"}"# : nil)
                #expect(answer.status == 403)
                #expect(answer.codes == ["forbidden"])
            }
        }
    }

    @Test(
        "only a role is one",
        arguments: [
            ("{}", "role_missing"), (#"{"role":null}"#, "role_missing"), (#"{"role":"owner"}"#, "role_invalid"),
            (#"{"role":"Admin"}"#, "role_invalid"), (#"{"role":2}"#, "role_invalid"), ("[]", "body_invalid"),
        ])
    func faults(body: String, code: String) async throws {
        try await withIdentity { identity in
            let (id, admin) = try await identity.person("admin@example.com", .admin)
            let answer = try await identity.send("PATCH", "/v1/users/\(id)", token: admin, body: body)
            #expect(answer.status == 422)
            #expect(answer.codes == [code])
        }
    }

    @Test("a role of nobody is a 404")
    func nobody() async throws {
        try await withIdentity { identity in
            let (_, admin) = try await identity.person("admin@example.com", .admin)
            for id in ["usr_1", "x", "mov_1"] {
                let answer = try await identity.send(
                    "PATCH", "/v1/users/\(id)", token: admin, body: #"{"role":"staff"}"#)
                #expect(answer.status == 404)
                #expect(answer.codes == ["user_not_found"])
            }
        }
    }

    @Test("the last admin stays one, for an admin, for the command and for SQL alike; the last but one need not")
    func lastAdmin() async throws {
        try await withIdentity { identity in
            let (first, token) = try await identity.person("first@example.com", .admin)
            for role in ["staff", "customer"] {
                let answer = try await identity.send(
                    "PATCH", "/v1/users/\(first)", token: token, body: #"{"role":"\#(role)"}"#)
                #expect(answer.status == 409)
                #expect(answer.codes == ["last_admin"])
                await #expect(throws: IdentityRefusal.lastAdmin) {
                    try await identity.command("grant", "first@example.com", role)
                }
            }
            let same = try await identity.send("PATCH", "/v1/users/\(first)", token: token, body: #"{"role":"admin"}"#)
            #expect(same.status == 200)
            try await identity.signUp("second@example.com")
            try await identity.command("grant", "second@example.com", "admin")
            let down = try await identity.send("PATCH", "/v1/users/\(first)", token: token, body: #"{"role":"staff"}"#)
            #expect(down.status == 200)
        }
    }

    @Test("two admins who demote each other at the same moment leave one")
    func mutual() async throws {
        try await withIdentity(["LOOPS": "2"]) { identity in
            let (first, one) = try await identity.person("first@example.com", .admin)
            let (second, two) = try await identity.person("second@example.com", .admin)
            async let down = identity.send("PATCH", "/v1/users/\(second)", token: one, body: #"{"role":"customer"}"#)
            async let up = identity.send("PATCH", "/v1/users/\(first)", token: two, body: #"{"role":"customer"}"#)
            let statuses = [try await down.status, try await up.status]
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.contains { $0 == 409 || $0 == 403 })
        }
    }

    @Test("grant makes the first admin, and says what is wrong with what it is given")
    func grant() async throws {
        try await withIdentity { identity in
            let id = try await identity.signUp("Ada@Example.com")
            #expect(try await identity.command("grant", " ADA@example.com", "admin") == "\(id) is admin now.")
            await #expect(throws: IdentityRefusal.userNotFound) {
                try await identity.command("grant", "bob@example.com", "admin")
            }
            #expect(IdentityRefusal.userNotFound.description == "There is no such user.")
            await #expect(throws: (any Error).self) { try await identity.command("grant", "ada@example.com", "owner") }
        }
    }
}
