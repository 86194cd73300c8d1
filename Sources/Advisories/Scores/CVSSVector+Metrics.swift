extension CVSSVector {
    /// What the vector says of a metric, such as `N` for `AV`: an optional metric that it leaves
    /// out has the value that says nothing, `X` or `ND`.
    ///
    /// - Returns: nil when the vector's version has no such metric.
    package func value(of metric: String) -> String? {
        let metrics = CVSSMetric.all(of: version)
        guard let index = metrics.firstIndex(where: { "\($0.name)" == metric }) else { return nil }
        return "\(metrics[index].values[Int(values[index])])"
    }
}
