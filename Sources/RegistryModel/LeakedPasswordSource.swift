/// A list of passwords that are known to have leaked, asked by the beginning of their SHA-1 so that it never learns one.
///
/// The range protocol of Have I Been Pwned: five hexadecimal digits are asked for, and every leaked hash that begins with
/// them is answered.
package protocol LeakedPasswordSource: Sendable {
    /// What follows `prefix` in every leaked hash that begins with it, and how often each was seen.
    ///
    /// `prefix` is five upper-case hexadecimal digits; the answer is the text of `suffix:count` lines.
    /// - Throws: Whatever says that the list could not be asked; nobody is locked out by that.
    func range(_ prefix: String) async throws -> String
}
