import Blobs
import HTTPSupport

/// What `serve` tells its operator to do next.
enum NextSteps {
    /// `link` is nil where there is an administrator who can sign in.
    static func text(_ configuration: InstanceConfiguration, _ url: PublicURL, link: SetupLink?) -> String {
        let data = configuration.data.path == "hallmark-data" ? "" : " --data \(configuration.data.path)"
        switch link {
        case nil:
            return """
                Open \(url.text) in a browser; \(url("/help")) shows how each client is set up.
                """
        case .shown(let link):
            return """
                Nobody administers this registry yet. Open this link within a day to make the first account; it works once:

                  \(link)

                Without a browser:

                  hallmark admin user create NAME --email ADDRESS --administrator\(data)
                  hallmark admin token create --user NAME\(data)

                \(url("/help")) shows how each client publishes to and installs from here.
                """
        case .file(let path):
            return """
                Nobody administers this registry yet. The link to make the first account is in \(path);
                it works once and for a day. Another one, also without a browser: hallmark admin user --help
                \(url("/help")) shows how each client publishes to and installs from here.
                """
        }
    }
}
