/// A refusal that says what is wrong with the reason that a person gives.
protocol ReasonRejection: Error {
    static var reasonMissing: Self { get }
    static func badField(_ fault: FieldFault) -> Self
}

extension ReasonRejection {
    /// - Throws: `reasonMissing` for a blank one, `badField` for one that people can't read or that is
    ///   longer than 4,000 bytes.
    static func check(reason: String) throws(Self) {
        guard !isBlank(reason) else { throw .reasonMissing }
        if let fault = FieldFault.inText("reason", reason, longest: 4000) { throw .badField(fault) }
    }
}

extension CapRejection: ReasonRejection {}
extension ControlRejection: ReasonRejection {}
extension DisasterRejection: ReasonRejection {}
extension EmergencyRejection: ReasonRejection {}
extension ExceptionRejection: ReasonRejection {}
extension FeedDenial: ReasonRejection {}
extension FindingRejection: ReasonRejection {}
extension FreezeRejection: ReasonRejection {}
extension PatchRejection: ReasonRejection {}
extension PolicyRejection: ReasonRejection {}
extension ScheduleRejection: ReasonRejection {}
extension StandingApprovalRejection: ReasonRejection {}
