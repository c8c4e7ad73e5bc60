/// Which database answers.
///
/// Only the search index and the migrator may ask.
package enum SQLDialect: String, Hashable, Sendable {
    case sqlite, postgres
}
