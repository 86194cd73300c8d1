package import EventSourcing

/// The SHA-256 that a publisher's file of digests states of another file.
package enum StatedDigest {
    /// Reads what `sha256sum` writes (`digest  name`, `digest *name`, `SHA256 (name) = digest`), and a
    /// digest alone, which is of whatever file it lies beside.
    ///
    /// - Returns: nil when it has no digest of `file`, or two different ones.
    package static func sha256(of file: String, in text: String) -> Digest? {
        var named: Set<Digest> = []
        var alone: Set<Digest> = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
            if words.count == 1, let digest = Digest(words[0].lowercased()) {
                alone.insert(digest)
            } else if words.count == 2, let digest = Digest(words[0].lowercased()) {
                if isName(words[1].drop { $0 == "*" }, file) { named.insert(digest) }
            } else if words.count == 4, words[0] == "SHA256", words[2] == "=",
                let digest = Digest(words[3].lowercased())
            {
                if isName(words[1].dropFirst().dropLast(), file) { named.insert(digest) }
            }
        }
        let found = named.isEmpty ? alone : named
        return found.count == 1 ? found.first : nil
    }

    private static func isName(_ text: Substring, _ file: String) -> Bool {
        text.split(separator: "/").last.map(String.init) == file
    }
}
