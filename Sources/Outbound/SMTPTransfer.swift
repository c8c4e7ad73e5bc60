import CCurl
import RegistryModel

/// One message on its way to a mail server.
struct SMTPTransfer: Sendable {
    let settings: SMTPSettings
    let sender: String
    let recipient: String
    let message: [UInt8]

    /// Hands the message over; blocks.
    /// - Throws: ``MailFault``: refused only where the server does not want this recipient or this message for good. A
    ///   server that does not know us, or that we do not trust, may do so once the operator has put it right.
    func run() throws(MailFault) {
        let content = Content(message)
        do {
            let handle = try CurlHandle(milliseconds: settings.seconds * 1000)
            try configure(handle)
            try handle.set(CURLOPT_READFUNCTION, Content.read, CURLOPT_READDATA, content)
            try handle.set(CURLOPT_HEADERFUNCTION, Content.note, CURLOPT_HEADERDATA, content)
            try withExtendedLifetime(content) { () throws(CurlHandle.Failure) in try handle.perform() }
        } catch {
            let isAboutThis = error.text.hasPrefix("RCPT failed") || content.isSent
            let reply = content.lastReply
            let reason = "\(error.text)\(reply.map { " (the server said \($0))" } ?? "")"
            guard isAboutThis, let reply, (500..<600).contains(reply) else { throw .unavailable(reason) }
            throw .refused(reason)
        }
    }

    private func configure(_ handle: CurlHandle) throws(CurlHandle.Failure) {
        let scheme = settings.security == .tls ? "smtps" : "smtp"
        try handle.set(CURLOPT_URL, "\(scheme)://\(settings.host):\(settings.port)/\(settings.helloName)")
        try handle.set(CURLOPT_PROTOCOLS_STR, scheme)
        try handle.set(CURLOPT_PROXY, "")
        try handle.trust(settings.authorities)
        if settings.security != .none { try handle.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let user = settings.user {
            try handle.set(CURLOPT_USERNAME, user)
            try handle.set(CURLOPT_PASSWORD, settings.password ?? "")
            try handle.set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
        }
        try handle.set(CURLOPT_MAIL_FROM, "<\(sender)>")
        try handle.set(CURLOPT_MAIL_RCPT, ["<\(recipient)>"])
        try handle.set(CURLOPT_UPLOAD, 1)
    }

    /// What is sent, and the last code that the server replied with; touched by the thread of the transfer alone.
    private final class Content {
        private let bytes: [UInt8]
        private var position = 0
        /// Whether all of it was asked for.
        private(set) var isSent = false
        /// What the server said last, but for its answer to `QUIT`: 221, which libcurl waits for after a refusal too.
        private(set) var lastReply: Int?

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        static let read: curl_write_callback = { buffer, size, count, data in
            guard let buffer, let data else { return 0 }
            let content = Unmanaged<Content>.fromOpaque(data).takeUnretainedValue()
            let taken = min(size * count, content.bytes.count - content.position)
            let target = UnsafeMutableRawBufferPointer(start: buffer, count: taken)
            target.copyBytes(from: content.bytes[content.position..<content.position + taken])
            content.position += taken
            if taken == 0 { content.isSent = true }
            return taken
        }

        static let note: curl_write_callback = { bytes, size, count, data in
            guard let bytes, let data else { return 0 }
            let content = Unmanaged<Content>.fromOpaque(data).takeUnretainedValue()
            let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
            if let code = Int(line.prefix(3)), code != 221 { content.lastReply = code }
            return size * count
        }
    }
}
