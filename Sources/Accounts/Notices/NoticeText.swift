import RegistryModel

/// The words of a notice.
struct NoticeText {
    let subject: String
    let plain: String
    let html: String

    init(_ notice: Notice, userName: String, publicURL: String) {
        subject = "[Hallmark] \(notice.kind.rawValue)"
        let details = notice.details.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }.joined()
        plain = "Account: \(userName)\n\(details)\n\(publicURL)/account/security\n"
        html = ""
    }
}
