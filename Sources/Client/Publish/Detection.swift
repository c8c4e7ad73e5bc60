/// Finds out what kind of package a path is.
struct Detection: Sendable {
    /// The kind.
    let ecosystem: PublishEcosystem
    /// The folder, or where it is an archive, the archive.
    let place: Place

    /// Where the package is.
    enum Place: Sendable {
        case folder(Folder)
        case archive(LocalFile)
    }

    /// Looks at a path.
    /// - Throws: ``ClientFault``, when it is nothing, or more than one thing and the options do not say which.
    init(_ options: PublishOptions) throws {
        let path = options.path
        guard Folder.kind(of: path) != nil else {
            throw ClientFault("There is no '\(path)'.", isUsage: true)
        }
        if Folder.isFolder(path) {
            let folder = Folder(path)
            ecosystem = try options.ecosystem ?? Self.ecosystem(of: folder)
            place = .folder(folder)
        } else {
            let file = try LocalFile(path)
            ecosystem = try options.ecosystem ?? Self.ecosystem(of: file)
            place = .archive(file)
        }
    }

    static func ecosystem(of folder: Folder) throws(ClientFault) -> PublishEcosystem {
        var found = PublishEcosystem.allCases.filter { $0.markers.contains(where: folder.holds) }
        if found.isEmpty, !PyPIPackage.distributions(in: folder).isEmpty { found = [.pypi] }
        guard let first = found.first else {
            let markers = PublishEcosystem.allCases.compactMap(\.markers.first).joined(separator: ", ")
            throw ClientFault(
                "'\(folder.path)' is no package that is known here: it holds none of \(markers).", isUsage: true)
        }
        guard found.count == 1 else {
            let names = found.map { "\($0.packages) (--ecosystem \($0.rawValue))" }.joined(separator: " or ")
            throw ClientFault("'\(folder.path)' could be a \(names). Say which.", isUsage: true)
        }
        return first
    }

    static func ecosystem(of file: LocalFile) throws(ClientFault) -> PublishEcosystem {
        if file.name.hasSuffix(".whl") { return .pypi }
        if file.name.hasSuffix(".crate") { return .cargo }
        if [".jar", ".war", ".aar", ".pom"].contains(where: file.name.hasSuffix) {
            throw ClientFault(
                "One file is no release of a Maven artifact. Give the project's folder, or a bundle: a zip in the layout of "
                    + "a repository.", isUsage: true)
        }
        let archive = try PackageArchive(file)
        if archive.paths.contains(where: { $0.hasSuffix(".pom") }) { return .maven }
        let isZip = file.name.hasSuffix(".zip")
        let order: [(String, PublishEcosystem)] =
            isZip
            ? [("composer.json", .composer), ("Package.swift", .swift)]
            : [("PKG-INFO", .pypi), ("package.json", .npm), ("composer.json", .composer)]
        for (name, ecosystem) in order where archive.bytes(name) != nil { return ecosystem }
        throw ClientFault(
            "'\(file.path)' is no package that is known here. Name its kind with --ecosystem.", isUsage: true)
    }
}
