import Advisories
import Testing

@Suite("The metrics of a CVSS vector")
struct CVSSMetricTests {
    @Test("are read by name, in every version, in whatever order they were written")
    func values() throws {
        for (vector, metric, value) in [
            ("AV:N/AC:L/Au:N/C:C/I:P/A:N", "Au", "N"),
            ("AV:N/AC:L/Au:N/C:C/I:P/A:N", "E", "ND"),
            ("CVSS:3.1/A:H/I:L/C:N/S:U/UI:R/PR:L/AC:H/AV:P", "AV", "P"),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/RL:O", "RL", "O"),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "MAV", "X"),
            ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:A/VC:H/VI:L/VA:N/SC:N/SI:N/SA:N/U:Red", "U", "Red"),
        ] {
            #expect(try CVSSVector(vector).value(of: metric) == value, "\(vector) \(metric)")
        }
    }

    @Test("that its version doesn't have are nil")
    func strangers() throws {
        let vector = try CVSSVector("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H")
        for metric in ["Au", "VC", "", "av", "AV:N"] {
            #expect(vector.value(of: metric) == nil, "\(metric)")
        }
    }
}
