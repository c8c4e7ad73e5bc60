import Publishing
import RegistryModel

/// A package file that the lane may send.
struct LaneFileOffer: Sendable {
    /// Where the bytes are; nil in an answer without content.
    let source: (any FileByteSource)?
    let size: Int64
    let fileID: Int64
    let projectID: Int64
    let downloads: any DownloadCounting
}
