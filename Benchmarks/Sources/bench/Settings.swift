import Foundation

/// What the options mean, once for everybody.
struct Settings {
    /// The program to measure.
    var hallmark: String
    /// The Python that has pypiserver and devpi-server.
    var python: String
    /// The folder of `packages.py`.
    var support: String
    /// The folder for everything that a run makes.
    var work: String
    var rounds = 5
    /// Seconds of one round.
    var seconds = 2
    /// Event loops of Hallmark and workers of nginx.
    var workers = 1
    var connections = 32
    /// Where the servers and where the load generators run; nil for anywhere.
    var serverCPUs: String?
    var loadCPUs: String?
    /// Threads of the load generators.
    var loadThreads = 1
    /// How many different documents a cold round reads: small ones and packuments.
    var coldDocuments = 600
    var coldPackuments = 60
    /// How many of the projects that Hallmark holds pypiserver and devpi-server hold too.
    var sharedProjects = 200
    /// The folder for profiles; nil for none.
    var profiles: String?

    /// A file or folder in the folder of the run.
    func path(_ name: String) -> String { "\(work)/\(name)" }

    /// The program of a Python package.
    func pythonProgram(_ name: String) throws -> String {
        let path = URL(fileURLWithPath: python).deletingLastPathComponent().appendingPathComponent(name).path
        guard FileManager.default.isExecutableFile(atPath: path) else {
            throw BenchFailure("there is no \(path); `scripts/bootstrap bench` makes it")
        }
        return path
    }
}
