import Advisories

/// Whether `installed` is `wanted` or later, in the order of dpkg. A text that is no version is
/// never later: what can't be compared proves nothing (I13).
func isAtLeast(_ installed: String, _ wanted: String) -> Bool {
    if installed == wanted { return true }
    do {
        return try DebianVersion(installed) >= DebianVersion(wanted)
    } catch {
        return false
    }
}
