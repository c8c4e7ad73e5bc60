import Blobs
import Glibc
import HTTPSupport
import Logging

/// How many files and connections the process may have open, and what follows for its clients.
enum OpenFileLimit {
    /// What is left for the database, uploads, logs and the libraries' own files.
    private static let reserve = 384

    /// Takes as many as the operator allows: the soft limit that shells set is meant for other programs.
    static func raise() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Allows no more connections than there are descriptors for: one each, and another for the file it downloads; an
    /// eighth is for uploads.
    ///
    /// So clients can use up the connections but never what a publish needs. A connection of HTTP/2 can ask for a hundred
    /// files at once, and a bundle can hold a thousand: those that are too many are refused.
    /// - Returns: How many files clients may keep open.
    static func fit(_ configuration: inout ServerConfiguration, logger: Logger) -> OpenFileShares {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return OpenFileShares() }
        let listeners = configuration.listenTLS == nil ? 1 : 2
        let room = max(64, Int(clamping: limit.rlim_cur) - reserve)
        let uploads = room / 8
        let possible = (room - uploads) / 2 / listeners
        let wanted = configuration.limits.connection.connections
        let connections = min(wanted, possible)
        let shares = OpenFileShares(downloads: room - uploads - connections * listeners, uploads: uploads)
        guard wanted > possible else { return shares }
        configuration.limits.connection.connections = connections
        logger.warning(
            "The limit of open files allows fewer connections than configured. Raise it ('ulimit -n', LimitNOFILE).",
            metadata: ["limit": "\(limit.rlim_cur)", "connections": "\(possible)", "configured": "\(wanted)"])
        return shares
    }
}
