internal import ArgumentParser

/// Where a server listens.
struct ListenOptions: ParsableArguments {
    @Option(help: "Where the API listens.")
    var listen = ListenAddress(argument: "127.0.0.1:8080")!

    @Option(help: "Where health and metrics listen.")
    var adminListen = ListenAddress(argument: "127.0.0.1:9090")!

    /// The same choice on another process's command line.
    var arguments: [String] {
        ["--listen", "\(listen)", "--admin-listen", "\(adminListen)"]
    }
}
