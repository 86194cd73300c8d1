/// How urgent a patch is; decides its soak times, its batches and its deadline.
package enum RiskClass: String, Codable, Sendable, CaseIterable {
    case urgent
    case important
    case nonCritical
}
