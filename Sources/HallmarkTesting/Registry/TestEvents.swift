package import Persistence
import RegistryModel

/// What tests ask of all events together, which no use case does.
package enum TestEvents {
    /// How many events of a kind there are.
    package static func count(_ kind: String, on connection: any SQLConnection) throws -> Int64 {
        var count: Int64 = 0
        try ExportStore(connection).events { body in
            if try JSONValue.parse(body)["kind"]?.stringValue == kind { count += 1 }
        }
        return count
    }
}
