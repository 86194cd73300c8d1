import Foundation

/// `embed-files ROOT OUTPUT` writes a Swift file that holds the text of every `.sql` file below
/// ROOT, keyed by its path relative to ROOT.
@main
struct EmbedFilesTool {
    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            FileHandle.standardError.write(Data("usage: embed-files ROOT OUTPUT\n".utf8))
            exit(2)
        }
        let root = URL(filePath: CommandLine.arguments[1], directoryHint: .isDirectory)
        let files =
            FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)?
            .compactMap { $0 as? URL }
            .filter { $0.pathExtension == "sql" }
            .sorted { $0.path < $1.path } ?? []
        var source = """
            // Made by embed-files from sql/. Do not edit.

            /// The files below `sql/`, by their path relative to it.
            package let embeddedSQL: [String: String] = [

            """
        for file in files {
            let key = String(file.path.dropFirst(root.path.count)).drop(while: { $0 == "/" })
            let text = try String(contentsOf: file, encoding: .utf8)
            source += "    \"\(key)\": ###\"\"\"\n\(text)\n\"\"\"###,\n"
        }
        source += files.isEmpty ? "    :\n]\n" : "]\n"
        try source.write(toFile: CommandLine.arguments[2], atomically: true, encoding: .utf8)
    }
}
