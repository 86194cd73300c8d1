/// How to reach a database, and what to do with the connection.
package struct ConnectionOptions: Sendable, Hashable {
    /// A libpq connection string, `host=... dbname=...` or `postgresql://...`. What it doesn't
    /// say comes from libpq's own settings: PG* variables, service and password files. TLS as
    /// libpq does it (`sslmode`, `sslrootcert`, ...).
    package var connectionString: String

    /// libpq keywords that win over the string, for example `["dbname": "patchflow"]`.
    package var parameters: [String: String]

    /// For the whole attempt, over all hosts, until the connection can be used.
    package var connectTimeout: Duration = .seconds(10)

    /// Whether cancelling a task cancels its statement on the server. `false` for connections
    /// that append: an append must never stop half-way between done and acknowledged.
    package var cancellable = true

    /// How many statements stay prepared per connection.
    package var preparedStatementLimit = 256

    package init(_ connectionString: String = "", parameters: [String: String] = [:]) {
        self.connectionString = connectionString
        self.parameters = parameters
    }

    /// The same server, another database.
    package func with(database: String) -> ConnectionOptions {
        var copy = self
        copy.parameters["dbname"] = database
        return copy
    }

    /// In the order in which libpq wants them: what comes later wins. The string goes in as
    /// `dbname`, which libpq expands, so a plain database name must come behind it.
    var keywords: [(name: String, value: String)] {
        var keywords = [("dbname", connectionString)]
        if !parameters.keys.contains("fallback_application_name") {
            keywords.append(("fallback_application_name", "patchflow"))
        }
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            keywords.append((name, value))
        }
        // Everything is decoded as UTF-8, whatever PGCLIENTENCODING says.
        keywords.append(("client_encoding", "UTF8"))
        return keywords
    }
}
