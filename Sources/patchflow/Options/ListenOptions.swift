internal import ArgumentParser
internal import HTTPServing

/// Where a server listens.
struct ListenOptions: ParsableArguments {
    @Option(help: "Where the API listens.")
    var listen = ListenAddress(host: "127.0.0.1", port: 8080)

    @Option(help: "Where health and metrics listen.")
    var adminListen = ListenAddress(host: "127.0.0.1", port: 9090)

    /// The same choice on another process's command line.
    var arguments: [String] {
        ["--listen", "\(listen)", "--admin-listen", "\(adminListen)"]
    }
}

extension ListenAddress: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }

    package var defaultValueDescription: String { description }
}
