internal import CommandLineClient
internal import Foundation

/// A file that a tool is given, found and unpacked as for an import.
struct ToolFile {
    /// As an import would name it; `-` for standard input.
    let name: String
    let read: () throws -> Data

    /// Single files, all that lie below directories, and what archives hold.
    static func all(at paths: [String]) throws -> [ToolFile] {
        if paths == ["-"] {
            return [
                ToolFile(name: "-") { try FileHandle.standardInput.readToEnd() ?? Data() }
            ]
        }
        return try FeedFile.all(at: paths).map { ToolFile(name: $0.name, read: $0.read) }
    }
}

extension JSONLine {
    /// Ends it and puts it on standard output.
    mutating func write() throws {
        end()
        try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        removeAll()
    }
}
