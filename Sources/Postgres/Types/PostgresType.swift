/// A type of PostgreSQL by its object id, with the id of the array of it.
package struct PostgresType: Sendable, Hashable {
    package let id: UInt32
    /// 0 when this library can't bind arrays of it.
    package let arrayID: UInt32

    package init(id: UInt32, arrayID: UInt32) {
        self.id = id
        self.arrayID = arrayID
    }

    package static let bool = PostgresType(id: 16, arrayID: 1000)
    package static let bytea = PostgresType(id: 17, arrayID: 1001)
    package static let name = PostgresType(id: 19, arrayID: 1003)
    package static let int8 = PostgresType(id: 20, arrayID: 1016)
    package static let int2 = PostgresType(id: 21, arrayID: 1005)
    package static let int4 = PostgresType(id: 23, arrayID: 1007)
    package static let text = PostgresType(id: 25, arrayID: 1009)
    package static let oid = PostgresType(id: 26, arrayID: 1028)
    package static let json = PostgresType(id: 114, arrayID: 199)
    package static let float4 = PostgresType(id: 700, arrayID: 1021)
    package static let float8 = PostgresType(id: 701, arrayID: 1022)
    package static let bpchar = PostgresType(id: 1042, arrayID: 1014)
    package static let varchar = PostgresType(id: 1043, arrayID: 1015)
    package static let timestamp = PostgresType(id: 1114, arrayID: 1115)
    package static let timestamptz = PostgresType(id: 1184, arrayID: 1185)
    package static let numeric = PostgresType(id: 1700, arrayID: 1231)
    package static let uuid = PostgresType(id: 2950, arrayID: 2951)
    package static let jsonb = PostgresType(id: 3802, arrayID: 3807)
    package static let pgLSN = PostgresType(id: 3220, arrayID: 3221)
    package static let xid8 = PostgresType(id: 5069, arrayID: 271)
}
