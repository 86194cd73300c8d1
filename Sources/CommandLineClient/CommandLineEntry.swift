import APIContract
package import ArgumentParser

/// The commands that talk to a server, for the executable to add to its own.
package enum ClientCommands {
    package static let all: [any ParsableCommand.Type] = [
        AssetCommand.self, PatchCommand.self, RolloutCommand.self, EventCommand.self,
        ReportCommand.self, TokenCommand.self, WorkerCommand.self, ActivityCommand.self,
    ]
}

/// Parses and runs a command line, and says how the process should end.
package enum CommandLineEntry {
    /// - Parameter arguments: Without the program's name; nil takes the process's own.
    /// - Returns: The exit status; every message has been printed.
    package static func run(
        _ root: (some ParsableCommand).Type, _ arguments: [String]? = nil
    ) async -> Int32 {
        do {
            var command = try root.parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return 0
        } catch let failure as ClientFailure {
            Printer.complain("patchflow: \(failure.message)")
            return failure.exitStatus.rawValue
        } catch {
            let code = root.exitCode(for: error)
            let message = root.fullMessage(for: error)
            if code == .success {
                Printer(format: .table, isQuiet: false).write(message + "\n")
            } else if !message.isEmpty {
                Printer.complain(message)
            }
            // ArgumentParser's own status for bad usage is 64; ours is 2, as everywhere else.
            return code == .validationFailure ? 2 : code.rawValue
        }
    }
}
