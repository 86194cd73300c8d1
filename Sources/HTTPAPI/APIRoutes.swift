package import Application
package import HTTPServing

/// Everything under `/api/v1`: each feature folder adds its own routes.
package enum APIRoutes {
    package static func all(_ useCases: UseCases) -> Routes {
        var routes = Routes()
        addIdentity(to: &routes, useCases)
        addAssets(to: &routes, useCases)
        addImages(to: &routes, useCases)
        addClouds(to: &routes, useCases)
        addAttributeRules(to: &routes, useCases)
        addFeeds(to: &routes, useCases)
        addAdvisories(to: &routes, useCases)
        addFindings(to: &routes, useCases)
        addExceptions(to: &routes, useCases)
        addControls(to: &routes, useCases)
        addBaselines(to: &routes, useCases)
        addOffers(to: &routes, useCases)
        addPolicies(to: &routes, useCases)
        addWindows(to: &routes, useCases)
        addCaps(to: &routes, useCases)
        addSchedules(to: &routes, useCases)
        addBundles(to: &routes, useCases)
        addEvents(to: &routes, useCases)
        addPatches(to: &routes, useCases)
        addRollouts(to: &routes, useCases)
        addApprovals(to: &routes, useCases)
        addEmergencies(to: &routes, useCases)
        addDisasters(to: &routes, useCases)
        addReports(to: &routes, useCases)
        addCountedReports(to: &routes, useCases)
        addWork(to: &routes, useCases)
        addProjections(to: &routes, useCases)
        addAudit(to: &routes, useCases)
        return routes
    }
}
