package import EventSourcing
internal import PatchManagement

/// One host of an inventory that was imported.
package struct ImportedHost: Sendable, Equatable {
    package enum Outcome: String, Sendable {
        case registered, changed, unchanged
    }

    package let id: StreamID
    package let name: String
    package let outcome: Outcome
    package let position: Int64
}

/// What came of an inventory.
package struct ImportedInventory: Sendable, Equatable {
    /// In the inventory's order.
    package let hosts: [ImportedHost]
    /// What was left out, by place and host.
    package let leftOut: [InvalidInput]
}

extension UseCases {
    /// Registers every host of an inventory, or none: nothing is written while anything in it is
    /// wrong, unless what is wrong is to be left out. Killed on the way, it has registered some of
    /// them; the same import again does the rest.
    ///
    /// - Throws: `InvalidInputs` that names each line that is wrong.
    package func importAssets(
        format: String, text: String, leavingOutFaults: Bool = false, _ order: Order
    ) async throws -> ImportedInventory {
        let context = try context(order, .importAssets)
        let read = try Self.assets(format: format, text)
        if !leavingOutFaults, !read.faults.isEmpty {
            throw Self.faulty(InventoryImportError(faults: read.faults))
        }
        let (assets, refused) = try await rehearse(read.assets, context)
        guard refused.isEmpty || (leavingOutFaults && !assets.isEmpty) else {
            throw InvalidInputs(
                "\(refused.count) hosts can't be registered; nothing was registered", refused)
        }
        let leftOut = invalidInputs(read.faults) + refused
        try await claimKey(of: order, context)
        let options = partOptions(order)
        var hosts: [ImportedHost] = []
        for slice in assets.indices.chunks(of: 32) {
            hosts += try await inOrder(slice.map { assets[$0] }) { asset, origins in
                let registration = asset.registration
                let written = try await write(
                    .register(registration), to: registration.asset, as: AssetDecider.self, order,
                    .importAssets, part: registration.asset.text, options: options,
                    state: { _ in nil })
                let described = try await write(
                    .describe(asset.attributes), to: registration.asset, as: AssetDecider.self,
                    order, .importAssets, part: "\(registration.asset.text)/attributes",
                    options: options, state: { _ in nil })
                var position = max(written.position, described.position)
                if let origins {
                    let noted = try await write(
                        .noteOrigins(origins), to: registration.asset,
                        as: AssetDecider.self, order, .importAssets,
                        part: "\(registration.asset.text)/origins", options: options,
                        state: { _ in nil })
                    position = max(position, noted.position)
                }
                let isChanged = written.changed || described.changed
                let outcome: ImportedHost.Outcome =
                    !isChanged ? .unchanged : written.version == 1 ? .registered : .changed
                return ImportedHost(
                    id: written.id, name: registration.name, outcome: outcome,
                    position: position)
            }
        }
        let ephemeral = assets.map(\.asset).filter { $0.attributes.isEphemeral == true }
        // Those whose image isn't known yet take its reports as soon as it is.
        _ = try await takeImageReports(
            ephemeral.map(\.registration.asset), order, .importAssets)
        return ImportedInventory(hosts: hosts, leftOut: leftOut)
    }

    private static func assets(
        format: String, _ text: String
    ) throws -> (assets: [GivenAsset], faults: [InventoryFault]) {
        guard let format = AssetListFormat(rawValue: format) else {
            let formats = AssetListFormat.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidInput(field: "format", message: "'\(format)' is none of \(formats)")
        }
        do throws(InventoryImportError) {
            return try InventoryImport.readSound(text, as: format)
        } catch {
            throw faulty(error)
        }
    }

    private static func faulty(_ error: InventoryImportError) -> InvalidInputs {
        invalidInputs(error, "the inventory", "nothing was registered")
    }

    /// An asset as it comes out of the rules, and where its attributes come from; nil where that isn't
    /// to be noted.
    private typealias Ruled = (asset: ListedAsset, origins: AttributeOrigins?)

    /// Decides everything without writing, so that one host that is refused leaves the others
    /// alone.
    private func rehearse(
        _ read: [GivenAsset], _ context: CommandContext
    ) async throws -> (assets: [Ruled], refused: [InvalidInput]) {
        let rules = try await attributeRules()
        var refused: [InvalidInput] = []
        var assets: [Ruled] = []
        for given in read {
            var asset = given.asset
            let state = try await bus.state(
                of: asset.registration.asset, as: AssetDecider.self
            ).state
            let outcome = rules.applied(to: given, known: state)
            asset.registration = outcome.registration
            // Else a rule that comes later would take the usual value, given, for one that isn't.
            let isNoted = !rules.rules.isEmpty || state.origins != nil
            do throws(AssetRejection) {
                _ = try AssetDecider.decide(.register(asset.registration), context, state)
                assets.append((asset, isNoted ? outcome.origins : nil))
            } catch {
                refused.append(
                    InvalidInput(
                        field: "host \(asset.registration.name)", message: error.message))
            }
        }
        return (assets, refused)
    }
}

/// What is wrong with a list, each with its place.
func invalidInputs(
    _ error: InventoryImportError, _ what: String, _ consequence: String
) -> InvalidInputs {
    InvalidInputs(
        "\(what) has \(error.faults.count) \(error.faults.count == 1 ? "fault" : "faults"); "
            + consequence, invalidInputs(error.faults))
}

private func invalidInputs(_ faults: [InventoryFault]) -> [InvalidInput] {
    faults.map { fault in
        let place =
            switch fault.place {
            case .line(let number): "line \(number)"
            case .entry(let number): "entry \(number)"
            }
        return InvalidInput(
            field: place, message: "\(fault.field) '\(fault.value)': \(fault.problem)")
    }
}

/// Runs `work` on all items at once and returns the results in their order.
func inOrder<Item: Sendable, Result: Sendable>(
    _ items: [Item], _ work: @Sendable @escaping (Item) async throws -> Result
) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
        for (index, item) in items.enumerated() {
            group.addTask { (index, try await work(item)) }
        }
        var results: [(Int, Result)] = []
        for try await result in group { results.append(result) }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

extension Range<Int> {
    /// Stretches of at most `size`, in order.
    func chunks(of size: Int) -> [Range<Int>] {
        stride(from: lowerBound, to: upperBound, by: size).map {
            $0..<Swift.min($0 + size, upperBound)
        }
    }
}
