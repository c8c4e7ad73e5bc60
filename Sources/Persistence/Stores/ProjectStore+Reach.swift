package import RegistryModel

extension ProjectStore {
    /// The projects with a visible release that somebody's roles on namespaces reach, in the order of their keys.
    ///
    /// Each range of names is read in the index of names, and the projects of a namespace's owner are looked up by their own
    /// members, so that it costs what it finds.
    package func list(
        reachedBy reaches: [NamespaceReach], visibilities: [Visibility], limit: Int
    ) throws -> [Project] {
        var parts: [SQL] = []
        for reach in reaches {
            for range in reach.ranges {
                parts.append(
                    Self.part(reach, visibilities, "p.name_key >= \(range.lower) AND p.name_key < \(range.upper)"))
            }
            if reach.includesKey { parts.append(Self.part(reach, visibilities, "p.name_key = \(reach.key)")) }
        }
        var found: [Project] = []
        // A statement of its own for each two namespaces would be too many, and SQLite joins at most 500 parts.
        for chunk in parts.chunked(50) {
            var statement: SQL = ""
            for (index, part) in chunk.enumerated() { statement += index == 0 ? part : " UNION ALL " + part }
            found += try connection.query(statement + " LIMIT \(limit)").map(Self.record)
        }
        var seen: Set<Int64> = []
        let unique = found.filter { seen.insert($0.id).inserted }
        return Array(unique.sorted { $0.name.key.utf8.lexicographicallyPrecedes($1.name.key.utf8) }.prefix(limit))
    }

    private static func part(_ reach: NamespaceReach, _ visibilities: [Visibility], _ names: SQL) -> SQL {
        """
        SELECT p.* FROM projects p WHERE p.ecosystem = \(reach.ecosystem)
            AND p.visibility IN \(values: visibilities.map(\.rawValue)) AND \(sql: names)
            AND p.latest_version IS NOT NULL AND \(sql: reach.covers)
        """
    }

    /// The ids of those of some projects that somebody's roles on namespaces reach.
    package func projects(_ ids: [Int64], reachedBy reaches: [NamespaceReach]) throws -> Set<Int64> {
        guard !ids.isEmpty, !reaches.isEmpty else { return [] }
        let rows = try connection.query(
            """
            SELECT p.id AS reached FROM projects p
            WHERE p.id IN \(values: ids) AND (\(sql: reaches.condition))
            """)
        return Set(try rows.map { try $0.int("reached") })
    }
}

extension NamespaceReach {
    /// Whether the namespace says something about the project `p` inside.
    var covers: SQL {
        let owned: SQL =
            if let organizationID {
                "p.organization_id = \(organizationID)"
            } else {
                """
                EXISTS (SELECT 1 FROM project_members o WHERE o.project_id = p.id AND o.user_id = \(ownerID)
                    AND o.role = \(Role.owner))
                """
            }
        guard let verifiedAt else { return owned }
        return "(p.created_at >= \(verifiedAt) OR \(sql: owned))"
    }

    /// Whether it reaches the project `p`, which is found by its id.
    ///
    /// The columns are compared as expressions, so that SQLite does not look for an index of names instead.
    fileprivate var condition: SQL {
        var names: SQL = includesKey ? "p.name_key || '' = \(key)" : "1 = 0"
        for range in ranges {
            names += " OR p.name_key || '' >= \(range.lower) AND p.name_key || '' < \(range.upper)"
        }
        return "p.ecosystem || '' = \(ecosystem) AND (\(sql: names)) AND \(sql: covers)"
    }
}

extension Collection<NamespaceReach> {
    /// Whether any of them reaches the project `p`, which is found by its id.
    var condition: SQL {
        var out: SQL = "1 = 0"
        for reach in self { out += " OR " + reach.condition }
        return out
    }
}
