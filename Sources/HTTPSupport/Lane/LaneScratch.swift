/// The texts of one request of HTTP/2 in a row, in memory that is used again for the next request.
///
/// Owns its memory; whoever makes one calls ``deallocate()``.
package struct LaneScratch {
    /// Requests with more than this are the framework's.
    private static let capacity = 4096

    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
    private var count = 0

    /// Takes the memory.
    package init() {}

    /// Begins anew.
    mutating func reset() {
        count = 0
    }

    /// Appends a text; nil where there is no room for it.
    mutating func append(_ text: String) -> Range<Int>? {
        let start = count
        let room = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
        let length = text.utf8.withContiguousStorageIfAvailable { source -> Int? in
            guard source.count <= room.count else { return nil }
            room.copyMemory(from: UnsafeRawBufferPointer(source))
            return source.count
        }
        guard case .some(.some(let length)) = length else { return nil }
        count += length
        return start..<count
    }

    /// What was collected.
    package var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[0..<count]) }

    /// Gives the memory back.
    package func deallocate() {
        bytes.deallocate()
    }
}
