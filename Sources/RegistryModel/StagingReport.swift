/// What the stages found in a staging's releases.
///
/// Kept as JSON: `{"releases":[{"project","version","files":[{"name","size","sha256"}],"tags":[],"warnings":[],"notes":[],
/// "holds":[],"proofs":[]}],"errors":{"project version":["message"]}}`.
package struct StagingReport: Hashable, Sendable {
    /// One file as it was received.
    package struct File: Hashable, Sendable {
        package let name: String
        package let size: Int64
        package let sha256: String

        /// Collects the parts.
        package init(name: String, size: Int64, sha256: String) {
            self.name = name
            self.size = size
            self.sha256 = sha256
        }
    }

    /// One release.
    package struct Release: Hashable, Sendable {
        package let project: String
        package let version: String
        package var files: [File]
        /// Distribution tags to set when it is released.
        package var tags: [String]
        /// What the format had to say that was no reason to refuse.
        package var warnings: [String]
        /// What scanners noted.
        package var notes: [String]
        /// Why scanners would hold it.
        package var holds: [String]
        /// The kinds of proof of origin that were confirmed.
        package var proofs: [String]

        /// Collects the parts.
        package init(
            project: String, version: String, files: [File], tags: [String] = [], warnings: [String] = [],
            notes: [String] = [], holds: [String] = [], proofs: [String] = []
        ) {
            self.project = project
            self.version = version
            self.files = files
            self.tags = tags
            self.warnings = warnings
            self.notes = notes
            self.holds = holds
            self.proofs = proofs
        }
    }

    /// The releases in the order in which they came.
    package var releases: [Release]
    /// Why what was sent is refused, by what it is about.
    package var errors: [String: [String]]

    /// Collects both.
    package init(releases: [Release] = [], errors: [String: [String]] = [:]) {
        self.releases = releases
        self.errors = errors
    }

    /// Adds what was found in a release; where some of it is known already (another file), both become one.
    package mutating func merge(_ release: Release) {
        guard let index = releases.firstIndex(where: { $0.project == release.project && $0.version == release.version })
        else { return releases.append(release) }
        releases[index].files += release.files.filter { !releases[index].files.contains($0) }
        func add(_ new: [String], to place: WritableKeyPath<Release, [String]>) {
            for text in new where !releases[index][keyPath: place].contains(text) {
                releases[index][keyPath: place].append(text)
            }
        }
        add(release.tags, to: \.tags)
        add(release.warnings, to: \.warnings)
        add(release.notes, to: \.notes)
        add(release.holds, to: \.holds)
        add(release.proofs, to: \.proofs)
    }

    /// As it is stored and shown.
    package var json: JSONValue {
        let rows = releases.map { release -> JSONValue in
            let files = release.files.map { file -> JSONValue in
                ["name": .string(file.name), "size": .integer(file.size), "sha256": .string(file.sha256)]
            }
            return [
                "project": .string(release.project), "version": .string(release.version), "files": .array(files),
                "tags": .strings(release.tags), "warnings": .strings(release.warnings),
                "notes": .strings(release.notes), "holds": .strings(release.holds),
                "proofs": .strings(release.proofs),
            ]
        }
        let messages = errors.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .strings($0.value)) }
        return ["releases": .array(rows), "errors": .object(messages)]
    }

    /// Reads what ``json`` wrote; what is not there is empty.
    package init(json: JSONValue) {
        func texts(_ value: JSONValue?) -> [String] { value?.arrayValue?.compactMap(\.stringValue) ?? [] }
        releases = (json["releases"]?.arrayValue ?? []).compactMap { row in
            guard let project = row["project"]?.stringValue, let version = row["version"]?.stringValue else {
                return nil
            }
            let files = (row["files"]?.arrayValue ?? []).compactMap { file -> File? in
                guard let name = file["name"]?.stringValue, let size = file["size"]?.integerValue,
                    let digest = file["sha256"]?.stringValue
                else { return nil }
                return File(name: name, size: size, sha256: digest)
            }
            return Release(
                project: project, version: version, files: files, tags: texts(row["tags"]),
                warnings: texts(row["warnings"]), notes: texts(row["notes"]), holds: texts(row["holds"]),
                proofs: texts(row["proofs"]))
        }
        errors = [:]
        guard case .object(let members)? = json["errors"] else { return }
        errors = Dictionary(members.map { ($0.name, texts($0.value)) }, uniquingKeysWith: +)
    }
}
