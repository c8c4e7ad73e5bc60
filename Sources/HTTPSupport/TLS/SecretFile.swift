#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Small files that must be whole or absent, and that nobody else may read where they are secret.
enum SecretFile {
    /// The operating system refused.
    struct Fault: Error, Hashable {
        let path: String
        let code: Int32
    }

    /// The content, or nil where there is no such file.
    static func read(_ path: String, maximumBytes: Int = 1 << 20) throws(Fault) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Fault(path: path, code: errno)
        }
        defer { close(descriptor) }
        var out: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while out.count <= maximumBytes {
            let count = systemRead(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw Fault(path: path, code: errno) }
            if count == 0 { return out }
            out.append(contentsOf: buffer[..<count])
        }
        throw Fault(path: path, code: EFBIG)
    }

    /// Replaces a file in one step: written beside it, synced, renamed.
    static func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws(Fault) {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw Fault(path: temporary, code: errno) }
        var offset = 0
        var failure: Int32 = 0
        while offset < bytes.count, failure == 0 {
            let count = bytes[offset...].withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { offset += count } else { failure = errno }
        }
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        close(descriptor)
        if failure == 0, rename(temporary, path) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(temporary)
            throw Fault(path: path, code: failure)
        }
    }

    /// Makes a directory that only its owner may enter, unless it is there.
    static func makeDirectory(_ path: String) throws(Fault) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw Fault(path: path, code: errno) }
    }

    /// Runs `body` while no other process does the same with this lock.
    static func locked<Result>(by path: String, _ body: () throws -> Result) throws -> Result {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else { throw Fault(path: path, code: errno) }
        defer { close(descriptor) }
        return try body()
    }
}

/// `read(2)`, named so that it is not taken for the method of the same name.
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

/// `write(2)`, as above.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
