import APIContract
import ArgumentParser
import FoundationEssentials

/// What Ansible asks an inventory script for.
struct InventoryCommand: ReadCommand {
    static let configuration = CommandConfiguration(
        commandName: "inventory", abstract: "Tells Ansible of the assets, as an inventory script.",
        discussion: """
            Write a script of two lines (#!/bin/sh, exec patchflow inventory "$@") and give it to ansible \
            with -i. The groups are each asset's own, environment_ with its environment, and site_ with its site.
            """)

    @Flag(help: "All groups and hosts, with their variables.")
    var list = false

    @Option(help: "The variables of the asset of this name.")
    var host: String?

    @OptionGroup var global: GlobalOptions

    func run(_ session: Session) async throws {
        guard list != (host != nil) else {
            throw ClientFailure.usage("say either --list or --host NAME")
        }
        let document = try await session.client.getBytes(
            "inventory", query: ["host": host, "as_of": global.asOf], accept: "application/json")
        session.printer.write(document)
        session.printer.write("\n")
    }
}
