package import Postgres
private import Foundation
package enum Schema {
    package static func migrate(_ options: ConnectionOptions) async throws {
        let p = Process()
        p.executableURL = URL(filePath: "/bin/bash")
        p.arguments = ["-c", "(echo 'create schema patchflow;'; cat sql/migrations/*.sql sql/functions/append_only.sql sql/functions/[b-z]*.sql sql/functions/append_events.sql; echo 'select patchflow.ensure_event_partitions();') | psql -qX -v ON_ERROR_STOP=1 -U postgres -h \(options.parameters["host"]!) -d \(options.parameters["dbname"]!) >/dev/null"]
        try p.run()
        p.waitUntilExit()
    }
}
