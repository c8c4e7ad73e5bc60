import Blobs
import HTTPSupport

/// What `serve` tells its operator to type next.
enum NextSteps {
    static func text(_ configuration: InstanceConfiguration, _ url: PublicURL, isFresh: Bool) -> String {
        let data = configuration.data.path == "hallmark-data" ? "" : " --data \(configuration.data.path)"
        guard isFresh else {
            return """
                Open \(url.text) in a browser; \(url("/help")) shows how each client is set up.
                """
        }
        return """
            Nobody has an account yet. In another terminal:

              hallmark admin user create NAME --email ADDRESS --administrator\(data)
              hallmark admin token create --user NAME\(data)

            Then open \(url("/help")): it shows how pip, uv, twine, cargo, npm and composer publish to and install from here.
            """
    }
}
