extension Migration {
    /// The schema's migrations, in the order in which they run.
    package static let all: [Migration] = EmbeddedMigrations.all.map {
        Migration(number: $0.number, name: $0.name, sql: $0.sql)
    }
}
