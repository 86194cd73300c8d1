internal import ArgumentParser
internal import Foundation

/// The files that a tool is given: single ones, and all that lie below directories.
enum ToolFiles {
    /// In the order of their paths; hidden files and links are left out, `-` is standard input.
    static func all(at paths: [String]) throws -> [String] {
        var files: [String] = []
        for path in paths {
            var isDirectory: ObjCBool = false
            if path == "-" {
                files.append(path)
                continue
            }
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
                throw ValidationError("'\(path)' is not there; name a file or a directory")
            }
            guard isDirectory.boolValue else {
                files.append(path)
                continue
            }
            let below = try FileManager.default.subpathsOfDirectory(atPath: path).sorted()
            for name in below where !name.split(separator: "/").contains(where: { $0.first == "." })
            {
                let full = "\(path)/\(name)"
                let type = try FileManager.default.attributesOfItem(atPath: full)[.type]
                if type as? FileAttributeType == .typeRegular { files.append(full) }
            }
        }
        return files
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        let data =
            path == "-"
            ? try FileHandle.standardInput.readToEnd() ?? Data()
            : try Data(contentsOf: URL(filePath: path))
        return Array(data)
    }

    static func write(_ answer: inout JSONLine) throws {
        answer.end()
        try FileHandle.standardOutput.write(contentsOf: Data(answer.bytes))
        answer.removeAll()
    }
}
