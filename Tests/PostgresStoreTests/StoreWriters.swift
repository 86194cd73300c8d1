import Foundation
import Postgres
import Support

/// Several `store-writer` processes at once.
enum StoreWriters {
    /// - Returns: The lines of all their journals.
    static func write(
        _ options: ConnectionOptions, count: Int, seed: UInt64, seconds: Int
    ) async throws -> [String] {
        let directory = try makeTestDirectory("writers")
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let words = options.words
        return try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<count {
                group.addTask {
                    let journal = "\(directory)/\(number).journal"
                    try await runProgram(
                        "store-writer", words + ["\(seed + UInt64(number))", "\(seconds)", journal])
                    return try String(contentsOfFile: journal, encoding: .utf8)
                        .split(separator: "\n").map(String.init)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }
}
