import CCurl

/// One conversation of libcurl: made, used and freed on one thread.
final class CurlHandle {
    /// What libcurl said about a transfer that did not succeed.
    struct Failure: Error, Hashable {
        let code: CURLcode.RawValue
        let text: String
    }

    private let raw: UnsafeMutableRawPointer
    private let message: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// Done once for the process, before the first handle.
    private static let global: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// Makes a handle that never raises a signal and is bounded in time.
    init(milliseconds: Int) throws(Failure) {
        guard Self.global == CURLE_OK, let raw = curl_easy_init() else {
            throw Failure(code: CURLE_FAILED_INIT.rawValue, text: "libcurl cannot be used")
        }
        self.raw = raw
        message = .allocate(capacity: Int(CURL_ERROR_SIZE))
        message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        hallmark_curl_set_data(raw, CURLOPT_ERRORBUFFER, message)
        try set(CURLOPT_NOSIGNAL, 1)
        try set(CURLOPT_TIMEOUT_MS, milliseconds)
        try set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // Nothing is taken from the machine's own files: names and passwords come from the configuration alone.
        try set(CURLOPT_NETRC, 0)
    }

    deinit {
        curl_easy_cleanup(raw)
        for list in lists { curl_slist_free_all(list) }
        message.deallocate()
    }

    /// Sets a number.
    func set(_ option: CURLoption, _ value: Int) throws(Failure) {
        try check(hallmark_curl_set_long(raw, option, value))
    }

    /// Sets a text, which libcurl copies; one with U+0000 in it would arrive cut and is refused.
    func set(_ option: CURLoption, _ value: String) throws(Failure) {
        guard !value.utf8.contains(0) else {
            throw Failure(code: CURLE_BAD_FUNCTION_ARGUMENT.rawValue, text: "a text holds U+0000")
        }
        try check(hallmark_curl_set_text(raw, option, value))
    }

    /// Sets a list of texts.
    func set(_ option: CURLoption, _ values: [String]) throws(Failure) {
        var list: UnsafeMutablePointer<curl_slist>?
        for value in values {
            guard let longer = curl_slist_append(list, value) else {
                curl_slist_free_all(list)
                throw Failure(code: CURLE_OUT_OF_MEMORY.rawValue, text: "no memory")
            }
            list = longer
        }
        guard let list else { return }
        lists.append(list)
        try check(hallmark_curl_set_list(raw, option, list))
    }

    /// Sets bytes to be sent, which libcurl copies.
    func setBody(_ bytes: [UInt8]) throws(Failure) {
        try check(hallmark_curl_set_size(raw, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)))
        // Without an address libcurl would read the body from standard input.
        guard !bytes.isEmpty else { return try set(CURLOPT_COPYPOSTFIELDS, "") }
        try check(bytes.withUnsafeBytes { hallmark_curl_set_bytes(raw, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) })
    }

    /// Sets a function and what it is handed; the caller keeps `data` alive until ``perform()`` has returned.
    func set(
        _ function: CURLoption, _ callback: @escaping curl_write_callback, _ option: CURLoption, _ data: AnyObject
    ) throws(Failure) {
        try check(hallmark_curl_set_callback(raw, function, callback))
        try check(hallmark_curl_set_data(raw, option, Unmanaged.passUnretained(data).toOpaque()))
    }

    /// Trusts the authorities of a file beside those of the system's folder.
    func trust(_ authorities: String?) throws(Failure) {
        if let authorities { try set(CURLOPT_CAINFO, authorities) }
    }

    /// Does the whole transfer; blocks.
    func perform() throws(Failure) {
        try check(curl_easy_perform(raw))
    }

    /// The number of the last answer: a status of HTTP, a reply code of SMTP; 0 where there was none.
    var responseCode: Int { hallmark_curl_response_code(raw) }

    private func check(_ code: CURLcode) throws(Failure) {
        guard code != CURLE_OK else { return }
        let said = String(cString: message)
        throw Failure(code: code.rawValue, text: said.isEmpty ? String(cString: curl_easy_strerror(code)) : said)
    }
}
