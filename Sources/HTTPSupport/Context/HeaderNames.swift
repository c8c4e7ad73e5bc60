package import HTTPTypes

/// Header names beyond those that swift-http-types knows.
///
/// `HTTPField.Name` is failable for text that is no token. These literals are tokens, so the fallback is never taken; it
/// only keeps the declarations free of force unwraps.
extension HTTPField.Name {
    private static func known(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .via }

    /// `Forwarded`, RFC 7239.
    package static let forwarded = known("Forwarded")
    /// `X-Forwarded-For`, the customary form of the same.
    package static let xForwardedFor = known("X-Forwarded-For")
    /// `X-Forwarded-Proto`, the customary form of the same.
    package static let xForwardedProto = known("X-Forwarded-Proto")
    /// `X-Request-Id`.
    package static let xRequestID = known("X-Request-Id")
    /// `Hallmark-Stage`: a publish that says `true` waits until somebody releases it.
    package static let hallmarkStage = known("Hallmark-Stage")
    /// `Hallmark-Dry-Run`: a publish that says `true` is checked and not kept; the answer says so too.
    package static let hallmarkDryRun = known("Hallmark-Dry-Run")
    /// `Hallmark-Staging`: the key of the staging in which a release waits.
    package static let hallmarkStaging = known("Hallmark-Staging")
    /// `npm-otp`: a one-time password along with a request.
    package static let npmOTP = known("npm-otp")
    /// `npm-command`: what the person typed.
    package static let npmCommand = known("npm-command")
    /// `X-Content-Type-Options`.
    package static let xContentTypeOptions = known("X-Content-Type-Options")
    /// `X-Frame-Options`.
    package static let xFrameOptions = known("X-Frame-Options")
    /// `Referrer-Policy`.
    package static let referrerPolicy = known("Referrer-Policy")
    /// `Strict-Transport-Security`.
    package static let strictTransportSecurity = known("Strict-Transport-Security")
    /// `Cross-Origin-Resource-Policy`.
    package static let crossOriginResourcePolicy = known("Cross-Origin-Resource-Policy")
    /// `Sec-Fetch-Site`: how the page that asks relates to ours.
    package static let secFetchSite = known("Sec-Fetch-Site")
    /// `Cross-Origin-Opener-Policy`.
    package static let crossOriginOpenerPolicy = known("Cross-Origin-Opener-Policy")
    /// `Permissions-Policy`.
    package static let permissionsPolicy = known("Permissions-Policy")
}
