package import Testing

/// Gives a suite a fleet of real hosts, `TestFleet.current` in its tests. On a machine that can't
/// have one, the suite is skipped: add `.enabled(if: TestFleet.obstacle == nil, …)`.
package struct TestFleetTrait: SuiteTrait, TestScoping {
    package let count: Int
    package let options: [String]

    package func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let fleet = try await TestFleet.up(count, options: options)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(
                try await TestFleet.$shared.withValue(fleet) { try await function() })
        } catch {
            outcome = .failure(error)
        }
        try await fleet.down()
        try outcome.get()
    }
}

extension SuiteTrait where Self == TestFleetTrait {
    /// `count` real hosts for the whole suite.
    package static func fleet(_ count: Int, options: [String] = []) -> Self {
        TestFleetTrait(count: count, options: options)
    }
}

extension TestFleet {
    @TaskLocal fileprivate static var shared: TestFleet?

    /// The fleet of the running suite.
    package static var current: TestFleet {
        guard let shared else {
            preconditionFailure("the suite has no fleet: add the trait .fleet(…) to it")
        }
        return shared
    }
}
