internal import ArgumentParser
internal import Signing

/// Where the keys of the people lie of whom events hold something.
struct SubjectKeyOptions: ParsableArguments {
    @Option(
        help: """
            The directory with the keys by which texts about people are encrypted in events, a file \
            for each person (default subject-keys in --data-dir). All servers need the same one. Keep \
            its backups apart from the database's: whoever has both has what was erased.
            """)
    var subjectKeys: String?

    /// The same choice on another process's command line.
    var arguments: [String] { subjectKeys.map { ["--subject-keys", $0] } ?? [] }

    func open(in directory: DataDirectory) -> SubjectKeyDirectory {
        SubjectKeyDirectory(path: subjectKeys ?? directory.subjectKeys)
    }
}
