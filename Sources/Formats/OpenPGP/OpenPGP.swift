import CRNP
package import RegistryModel

/// OpenPGP ([RFC 4880](https://www.rfc-editor.org/rfc/rfc4880)) with librnp: public keys, and detached signatures by them.
///
/// Each call has a key ring of its own in memory; nothing is read from the disk or from the network. Synchronous and
/// blocking; call it off the event loops.
package enum OpenPGP {
    /// Why a public key is not taken.
    package enum KeyFault: Error, Hashable, Sendable {
        case tooLarge
        case unreadable
        /// Not exactly one key.
        case severalKeys
        /// It holds the secret part, which nobody should have but its owner.
        case secret
    }

    /// The longest key, and the longest signature.
    package static let maximumKeyBytes = 256 << 10
    package static let maximumSignatureBytes = 64 << 10

    /// The fingerprint of the one public key in `bytes`, binary or armored; upper-case hexadecimal.
    package static func fingerprint(ofKey bytes: [UInt8]) throws(KeyFault) -> String {
        guard bytes.count <= maximumKeyBytes else { throw .tooLarge }
        guard let ring = Ring() else { throw .unreadable }
        guard ring.load(bytes, flags: UInt32(RNP_LOAD_SAVE_PUBLIC_KEYS | RNP_LOAD_SAVE_SECRET_KEYS)) else {
            throw .unreadable
        }
        if ring.secretCount > 0 { throw .secret }
        let fingerprints = ring.primaryFingerprints()
        guard let fingerprint = fingerprints.first else { throw .unreadable }
        guard fingerprints.count == 1 else { throw .severalKeys }
        return fingerprint
    }

    /// Checks a detached signature, binary or armored, of a file.
    ///
    /// The signature has at most ``maximumSignatureBytes``; one that holds several is good where any of them is. Keys that
    /// cannot be read do not count.
    package static func verify(_ signature: [UInt8], of content: any ByteSource, keys: [[UInt8]]) -> OpenPGPVerdict {
        guard !signature.isEmpty, signature.count <= maximumSignatureBytes, let ring = Ring() else {
            return .unreadable
        }
        for key in keys { _ = ring.load(key, flags: UInt32(RNP_LOAD_SAVE_PUBLIC_KEYS)) }
        let feed = Feed(content)
        return withExtendedLifetime(feed) { ring.verify(signature, feed) }
    }
}

/// What the library reads the signed content from.
private final class Feed {
    private let source: any ByteSource
    private var offset = 0
    private(set) var hasFailed = false

    init(_ source: any ByteSource) {
        self.source = source
    }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int? {
        do {
            let count = try source.read(at: offset, into: buffer)
            offset += count
            return count
        } catch {
            hasFailed = true
            return nil
        }
    }
}

/// A key ring in memory.
private final class Ring {
    private let ffi: rnp_ffi_t

    init?() {
        var ffi: rnp_ffi_t?
        guard rnp_ffi_create(&ffi, "GPG", "GPG") == RNP_SUCCESS, let ffi else { return nil }
        self.ffi = ffi
    }

    deinit { rnp_ffi_destroy(ffi) }

    /// How many secret keys were loaded.
    var secretCount: Int {
        var count = 0
        return rnp_get_secret_key_count(ffi, &count) == RNP_SUCCESS ? count : 0
    }

    func load(_ bytes: [UInt8], flags: UInt32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var input: rnp_input_t?
            let start = buffer.bindMemory(to: UInt8.self).baseAddress
            guard rnp_input_from_memory(&input, start, buffer.count, false) == RNP_SUCCESS else { return false }
            defer { rnp_input_destroy(input) }
            return rnp_import_keys(ffi, input, flags, nil) == RNP_SUCCESS
        }
    }

    func primaryFingerprints() -> [String] {
        var iterator: rnp_identifier_iterator_t?
        guard rnp_identifier_iterator_create(ffi, &iterator, "fingerprint") == RNP_SUCCESS else { return [] }
        defer { rnp_identifier_iterator_destroy(iterator) }
        var found: [String] = []
        var text: UnsafePointer<CChar>?
        while rnp_identifier_iterator_next(iterator, &text) == RNP_SUCCESS, let text {
            var key: rnp_key_handle_t?
            guard rnp_locate_key(ffi, "fingerprint", text, &key) == RNP_SUCCESS, let key else { continue }
            defer { rnp_key_handle_destroy(key) }
            var isPrimary = false
            if rnp_key_is_primary(key, &isPrimary) == RNP_SUCCESS, isPrimary { found.append(String(cString: text)) }
        }
        return found
    }

    func verify(_ signature: [UInt8], _ feed: Feed) -> OpenPGPVerdict {
        signature.withUnsafeBytes { buffer in
            var content: rnp_input_t?
            var detached: rnp_input_t?
            let start = buffer.bindMemory(to: UInt8.self).baseAddress
            guard
                rnp_input_from_callback(&content, readFeed, nil, Unmanaged.passUnretained(feed).toOpaque())
                    == RNP_SUCCESS
            else { return .unreadable }
            defer { rnp_input_destroy(content) }
            guard rnp_input_from_memory(&detached, start, buffer.count, false) == RNP_SUCCESS else {
                return .unreadable
            }
            defer { rnp_input_destroy(detached) }
            var operation: rnp_op_verify_t?
            guard rnp_op_verify_detached_create(&operation, ffi, content, detached) == RNP_SUCCESS, let operation else {
                return .unreadable
            }
            defer { rnp_op_verify_destroy(operation) }
            // Says no more than the single signatures do; asked for what it does, not for what it returns.
            _ = rnp_op_verify_execute(operation)
            return feed.hasFailed ? .unreadable : verdict(of: operation)
        }
    }

    private func verdict(of operation: rnp_op_verify_t) -> OpenPGPVerdict {
        var count = 0
        guard rnp_op_verify_get_signature_count(operation, &count) == RNP_SUCCESS, count > 0 else {
            return .unreadable
        }
        var verdict = OpenPGPVerdict.unreadable
        for index in 0..<min(count, 16) {
            var signature: rnp_op_verify_signature_t?
            guard rnp_op_verify_get_signature_at(operation, index, &signature) == RNP_SUCCESS else { continue }
            switch rnp_op_verify_signature_get_status(signature) {
            case rnp_result_t(RNP_SUCCESS): return .good(fingerprint: signer(signature) ?? "")
            case rnp_result_t(RNP_ERROR_KEY_NOT_FOUND):
                if verdict == .unreadable { verdict = .unknownKey(id: keyID(signature) ?? "?") }
            default: verdict = .wrong
            }
        }
        return verdict
    }

    /// The fingerprint of the key that signed, or of the one that it is a subkey of.
    private func signer(_ signature: rnp_op_verify_signature_t?) -> String? {
        var key: rnp_key_handle_t?
        guard rnp_op_verify_signature_get_key(signature, &key) == RNP_SUCCESS, let key else { return nil }
        defer { rnp_key_handle_destroy(key) }
        var text: UnsafeMutablePointer<CChar>?
        var isPrimary = false
        _ = rnp_key_is_primary(key, &isPrimary)
        let status = isPrimary ? rnp_key_get_fprint(key, &text) : rnp_key_get_primary_fprint(key, &text)
        return status == RNP_SUCCESS ? taken(text) : nil
    }

    private func keyID(_ signature: rnp_op_verify_signature_t?) -> String? {
        var handle: rnp_signature_handle_t?
        guard rnp_op_verify_signature_get_handle(signature, &handle) == RNP_SUCCESS, let handle else { return nil }
        defer { rnp_signature_handle_destroy(handle) }
        var text: UnsafeMutablePointer<CChar>?
        return rnp_signature_get_keyid(handle, &text) == RNP_SUCCESS ? taken(text) : nil
    }

    private func taken(_ text: UnsafeMutablePointer<CChar>?) -> String? {
        guard let text else { return nil }
        defer { rnp_buffer_destroy(text) }
        return String(cString: text)
    }
}

/// Hands the library the next bytes of a ``Feed``.
private func readFeed(
    _ context: UnsafeMutableRawPointer?, _ buffer: UnsafeMutableRawPointer?, _ length: Int,
    _ count: UnsafeMutablePointer<Int>?
) -> Bool {
    guard let context, let buffer, let count else { return false }
    let feed = Unmanaged<Feed>.fromOpaque(context).takeUnretainedValue()
    guard let read = feed.read(UnsafeMutableRawBufferPointer(start: buffer, count: length)) else { return false }
    count.pointee = read
    return true
}
