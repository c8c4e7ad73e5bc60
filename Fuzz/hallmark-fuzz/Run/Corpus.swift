import Foundation

/// The inputs kept in files, a folder for each target.
enum Corpus {
    /// The target's own seeds and the files of its folder, in the order of their names.
    static func inputs(of target: FuzzTarget, below folder: String?) -> [[UInt8]] {
        guard let folder else { return target.seeds }
        let path = "\(folder)/\(target.name)"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let files = names.sorted().compactMap { FileManager.default.contents(atPath: "\(path)/\($0)").map(Array.init) }
        return target.seeds + files.map { Array($0.prefix(target.maximumBytes)) }
    }
}
