import Foundation

/// Another program that answers the same questions, line by line.
enum Oracle {
    /// The answers of `program` to the lines, one a line.
    static func answers(
        of program: String, _ arguments: [String], to lines: [String]
    ) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("questions-\(UUID().uuidString)")
        try lines.map { $0 + "\n" }.joined().write(to: file, atomically: true, encoding: .utf8)
        defer {
            do { try FileManager.default.removeItem(at: file) } catch {
                print("left over: \(file)")
            }
        }
        let output = Pipe()
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: answer, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// A generator whose seed is printed, so that a failure can be seen again with PATCHFLOW_SEED.
    static func freshSeed(_ purpose: String) -> UInt64 {
        let given = ProcessInfo.processInfo.environment["PATCHFLOW_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: .min ... .max)
        print("\(purpose), seed: \(seed)")
        return seed
    }
}

/// The Python that has the libraries to compare with: `deploy/test` makes its environment.
enum OraclePython {
    static let program: String? = {
        let environment = ProcessInfo.processInfo.environment
        let candidates = [environment["PATCHFLOW_TEST_PYTHON"], "/usr/bin/python3"]
        return candidates.compactMap(\.self).first { path in
            guard FileManager.default.isExecutableFile(atPath: path) else { return false }
            return
                (try? Oracle.answers(of: path, [script], to: ["cvss\tAV:N/AC:L/Au:N/C:N/I:N/A:C"]))
                == ["7.8 - -"]
        }
    }()

    static var isThere: Bool {
        if program == nil {
            print("skipped: no Python here has cvss, packaging and univers; see deploy/test")
        }
        return program != nil
    }

    static func answers(to lines: [String]) throws -> [String] {
        try Oracle.answers(of: program ?? "", [script], to: lines)
    }

    private static let script = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Independent/oracles.py").path
}
