import Foundation

/// The repository that this test was built from, read as text.
enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every file that git tracks or would track, relative to the root, in order.
    static let files: [String] = {
        do {
            let listing = try run(
                "git", "-c", "safe.directory=*", "-C", root.path, "ls-files", "-z", "--cached",
                "--others", "--exclude-standard")
            precondition(
                listing.status == 0,
                "git ls-files failed, so nothing can be checked: \(listing.error)")
            let exists = { (path: String) in
                FileManager.default.fileExists(atPath: root.appending(path: path).path)
            }
            return Set(listing.output.split(separator: "\0").map(String.init)).filter(exists)
                .sorted()
        } catch {
            preconditionFailure("git could not be started, so nothing can be checked: \(error)")
        }
    }()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The Swift files below `folders`, with comments and literals blanked out.
    static func sources(below folders: String...) throws -> [SourceFile] {
        try files.filter { path in
            path.hasSuffix(".swift") && folders.contains { path.hasPrefix($0 + "/") }
        }
        .map { try SourceFile(path: $0, text: text($0)) }
    }

    /// Runs a program found on PATH to its end.
    static func run(_ arguments: String...) throws -> (
        status: Int32, output: String, error: String
    ) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        let error = Pipe()
        process.standardOutput = output
        process.standardError = error
        try process.run()
        let outputBytes = output.fileHandleForReading.readDataToEndOfFile()
        let errorBytes = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (
            process.terminationStatus, String(decoding: outputBytes, as: UTF8.self),
            String(decoding: errorBytes, as: UTF8.self)
        )
    }
}
