import Testing

@testable import PatchManagement

/// What counts as one value of a Prometheus server, and that nothing else does.
@Suite("Answers of Prometheus")
struct PrometheusAnswerTests {
    private func value(_ text: String) -> Int? {
        guard case .answer(let value, false, _) = PrometheusAnswer.reading(Array(text.utf8)) else {
            return nil
        }
        return value
    }

    private func vector(_ elements: String) -> String {
        #"{"status":"success","data":{"resultType":"vector","result":[\#(elements)]}}"#
    }

    @Test("a scalar, and a vector of one element")
    func values() {
        let scalar =
            #"{"status":"success","data":{"resultType":"scalar","result":[1435781451.781,"2.5"]}}"#
        #expect(value(scalar) == 2500)
        #expect(value(vector(#"{"metric":{"job":"web"},"value":[1435781451,"7"]}"#)) == 7000)
        let warned = #"{"warnings":["old"],"#
        let alone = #"{"metric":{},"value":[1,"-0.0019"]}"#
        #expect(value(warned + vector(alone).dropFirst()) == -1)
    }

    @Test(
        "anything else is nothing to measure by",
        arguments: [
            "", "null", "[]", "{", #"{"status":"success"}"#,
            #"{"status":"error","errorType":"bad_data","error":"parse error"}"#,
            #"{"status":"success","data":{"resultType":"vector","result":[]}}"#,
            #"{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"1"]},{"value":[1,"2"]}]}}"#,
            #"{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1,"1"]]}]}}"#,
            #"{"status":"success","data":{"resultType":"string","result":[1,"text"]}}"#,
            #"{"status":"success","data":{"resultType":"scalar","result":[1,2]}}"#,
            #"{"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}}"#,
            #"{"status":"success","data":{"resultType":"scalar","result":[1,"+Inf"]}}"#,
        ])
    func nothing(text: String) {
        guard case .none = PrometheusAnswer.reading(Array(text.utf8)) else {
            Issue.record("'\(text)' was taken for a value")
            return
        }
    }

    @Test(
        "decimal text becomes thousandths",
        arguments: [
            ("0", 0), ("1", 1000), ("-1.5", -1500), ("0.0009", 0), ("1e3", 1_000_000),
            ("1.5e-3", 1), ("12.3456", 12345), ("+2", 2000), (".5", 500), ("5.", 5000),
            ("1E2", 100_000), ("0e400", 0),
        ])
    func decimals(text: String, thousandths: Int) {
        #expect(PrometheusAnswer.thousandths(text) == thousandths)
    }

    @Test(
        "what is no number, or fits nowhere, isn't taken for one",
        arguments: [
            "", "-", ".", "1.2.3", "1e", "1e9999", "0x10", "1_000", "NaN", "Inf", "1e30", "1 ",
            "e3",
        ])
    func noNumber(text: String) {
        #expect(PrometheusAnswer.thousandths(text) == nil)
    }
}
