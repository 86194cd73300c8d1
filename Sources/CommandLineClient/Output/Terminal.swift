package import FoundationEssentials
import Glibc

/// Where words go to and come from: the process's own streams, or those of a test.
package struct Terminal: Sendable {
    package enum Stream: Int32, Sendable {
        case input, output, error
    }

    package let isTerminal: @Sendable (Stream) -> Bool
    /// The next line without its end; nil after the last.
    package let readLine: @Sendable () -> String?
    package let write: @Sendable (Data, Stream) -> Void

    package init(
        isTerminal: @escaping @Sendable (Stream) -> Bool,
        readLine: @escaping @Sendable () -> String?,
        write: @escaping @Sendable (Data, Stream) -> Void
    ) {
        self.isTerminal = isTerminal
        self.readLine = readLine
        self.write = write
    }

    @TaskLocal package static var current = Terminal.ofProcess

    private static let ofProcess = Terminal(
        isTerminal: { isatty($0.rawValue) == 1 }, readLine: { Swift.readLine() },
        write: { bytes, stream in
            bytes.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                    let count = Glibc.write(stream.rawValue, base, rest.count)
                    if count < 0 && errno == EINTR { continue }
                    if count <= 0 { return }
                    rest = rest.dropFirst(count)
                }
            }
        })
}
