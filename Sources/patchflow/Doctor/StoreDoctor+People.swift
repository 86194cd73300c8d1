internal import EventSourcing
internal import PatchManagement
internal import PostgresStore
internal import StoreCheck

extension StoreDoctor.Subjects {
    init(people keys: any SubjectKeys) {
        self.init(prefix: PersonDecider.prefix, keys: keys) { event in
            // One that can't be read is found by what reads the log.
            let read = try? PersonEvent(
                type: event.type, schemaVersion: event.schemaVersion, data: event.data)
            return switch read {
            case .subjectErased: .erased
            case .tokenIssued(let issued): issued.label.key.map { .encrypted(by: $0) }
            case .roleRevoked(let revoked): revoked.reason.key.map { .encrypted(by: $0) }
            case .tokenRevoked(let revoked): revoked.reason?.key.map { .encrypted(by: $0) }
            case .roleGranted, .erasureRequested, nil: nil
            }
        }
    }
}
