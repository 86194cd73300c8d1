import APIContract
package import ArgumentParser

/// The commands that talk to a server, for the executable to add to its own.
package enum ClientCommands {
    /// For the help of the whole program: what holds for all of them.
    package static let discussion = """
        The commands under 'Using' talk to a server, which PATCHFLOW_SERVER names, with the token \
        in the file that PATCHFLOW_TOKEN_FILE names. Data goes to standard output, all other \
        words to standard error.

        Exit status:
          0  done
          1  failed, or refused as things are
          2  usage: a command line that can't be meant
          3  cancelled at a prompt
          4  not signed in, or not allowed
          5  stale: a plan, an approval or a version that is no longer the current one
          6  a rollout halted or was rolled back (rollout watch, rollout wait)
          7  time-out: still running
          9  evidence is missing or not what it should be (audit prove), a bundle is not what was
             signed (audit verify), the store is damaged or was changed by hand (doctor), or read
             models differ from the log (projection verify) or from each other (projection hash)
        """

    package static let all: [any ParsableCommand.Type] = [
        AssetCommand.self, InventoryCommand.self, AdvisoryCommand.self, FindingCommand.self,
        ExceptionCommand.self, ControlCommand.self, BaselineCommand.self,
        PolicyCommand.self, WindowCommand.self, FreezeCommand.self, CapCommand.self,
        ScheduleCommand.self, PatchCommand.self, BundleCommand.self, RolloutCommand.self,
        ApprovalCommand.self, EmergencyCommand.self,
        DisasterCommand.self, EventCommand.self,
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
