import Testing

/// A misspelt upcoming feature is ignored by the compiler without a word.
@Suite struct FeatureTests {
    @Test func everyFeatureOfTheLoopIsOn() throws {
        let features = try Manifest.current().upcomingFeatures
        #expect(Set(features) == Set(FeatureRule.expected.keys))
        for feature in features {
            #expect(FeatureRule.expected[feature] == true, "'\(feature)' is not on in this build")
        }
    }

    @Test func aMisspeltFeatureIsNotOn() {
        #if hasFeature(ExistentialAnyy)
            Issue.record("hasFeature answers true for anything")
        #endif
        #expect(FeatureRule.expected["ExistentialAnyy"] == nil)
    }

    @Test func everyTargetIsSwift6WithWarningsAsErrors() throws {
        let text = try Manifest.current().text
        #expect(text.hasPrefix("// swift-tools-version: 6.2\n"))
        #expect(text.contains("swiftLanguageModes: [.v6]"))
        #expect(text.contains("settings.append(.treatAllWarnings(as: .error))"))
        #expect(text.contains("settings += upcomingFeatures.map { .enableUpcomingFeature($0) }"))
    }
}

enum FeatureRule {
    /// What the compiler says of the features that the house wants, in this very target.
    static var expected: [String: Bool] {
        var on: [String: Bool] = [
            "ExistentialAny": false, "InternalImportsByDefault": false,
            "MemberImportVisibility": false, "NonisolatedNonsendingByDefault": false,
            "InferIsolatedConformances": false,
        ]
        #if hasFeature(ExistentialAny)
            on["ExistentialAny"] = true
        #endif
        #if hasFeature(InternalImportsByDefault)
            on["InternalImportsByDefault"] = true
        #endif
        #if hasFeature(MemberImportVisibility)
            on["MemberImportVisibility"] = true
        #endif
        #if hasFeature(NonisolatedNonsendingByDefault)
            on["NonisolatedNonsendingByDefault"] = true
        #endif
        #if hasFeature(InferIsolatedConformances)
            on["InferIsolatedConformances"] = true
        #endif
        return on
    }
}
