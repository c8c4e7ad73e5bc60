/// What this build calls itself.
package enum HallmarkVersion {
    /// The version of the command line, the API and the `Server` field.
    package static let text = "0.1.0"
}
