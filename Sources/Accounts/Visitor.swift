package import RegistryModel

/// Who stands before a form: where they come from, and the browser's own secret.
package struct Visitor: Hashable, Sendable {
    /// The client's address as text, after trusted proxies; empty where nobody knows.
    package let address: String
    /// What the browser calls itself.
    package let agent: String
    /// The secret of the device cookie, where the browser sent one.
    package let device: String?

    /// Collects it.
    package init(address: String, agent: String = "", device: String? = nil) {
        self.address = address
        self.agent = agent
        self.device = device
    }

    /// What notices and sessions keep of it.
    package var origin: NoticeOrigin {
        NoticeOrigin(network: Network.shown(address), agent: agent)
    }
}
