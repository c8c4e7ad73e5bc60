package import Accounts
import Blobs
import Logging
import Outbound
package import RegistryModel

/// What an instance asks of other servers on behalf of its accounts: mail, identities, domains.
package struct OutwardServices: Sendable {
    /// Asks services that the configuration or an administrator names.
    package let fetcher: any ServiceFetcher
    /// Verifies identity tokens; one for the instance, so that keys are fetched once.
    package let identityTokens: IdentityTokenVerifier
    package let mails: MailQueue
    /// Hands single messages over without the queue; nil where no mail is configured.
    package let mailer: (any Mailer)?
    package let emailDomains: EmailDomains
    /// Nil where no issuer is configured.
    package let singleSignOn: SingleSignOn?
    /// Where blocking work of theirs is done, beside `asking`.
    let pools: [BlockingPool]

    /// Puts them together; `asking` has the threads for everything but mail, which may take long when its server does not
    /// answer.
    static func make(
        _ configuration: InstanceConfiguration, core: AccountCore, sessions: Sessions, asking: BlockingPool
    ) -> OutwardServices {
        let outbound = configuration.outbound
        let fetcher = CurlFetcher(authorities: outbound.authorities, pool: asking)
        let posting = BlockingPool(name: "posting", threads: 4, capacity: 64)
        let verifier = IdentityTokenVerifier(
            directory: IssuerDirectory(fetcher: fetcher, clock: core.clock), clock: core.clock)
        let mailer = mailer(configuration, clock: core.clock, pool: posting)
        let registrations = outbound.registrations.map { RDAPClient(fetcher: fetcher, address: $0) }
        return OutwardServices(
            fetcher: fetcher, identityTokens: verifier,
            mails: MailQueue(core: core, mailer: mailer, logger: Logger(label: "hallmark.mail")), mailer: mailer,
            emailDomains: EmailDomains(
                core: core, routes: UnboundResolver(settings: outbound.dns, pool: asking),
                registrations: registrations, policy: outbound.domains, logger: Logger(label: "hallmark.domains")),
            singleSignOn: configuration.singleSignOn.map { settings in
                SingleSignOn(core: core, sessions: sessions, settings: settings, verifier: verifier, fetcher: fetcher)
            }, pools: [posting])
    }

    private static func mailer(
        _ configuration: InstanceConfiguration, clock: any WallClock, pool: BlockingPool
    ) -> (any Mailer)? {
        let mail = configuration.mail
        return switch mail.transport {
        case .none: nil
        case .file:
            FileMailer(folder: configuration.data.path + "/mail", sender: mail.sender, clock: clock, pool: pool)
        case .server(let settings): SMTPMailer(settings: settings, sender: mail.sender, clock: clock, pool: pool)
        }
    }

    /// Says at a start what the operator should know.
    func warn(_ configuration: InstanceConfiguration, logger: Logger) {
        switch configuration.mail.transport {
        case .none:
            logger.warning(
                "No mail server is configured ('mail-url'): nobody can confirm an address, recover an account or be told of changes. Messages wait for three days and are then given up."
            )
        case .file:
            logger.warning(
                "Messages are written into files in the data directory ('mail-url: file:') and reach nobody. This is for development."
            )
        case .server(let settings) where settings.security == .none:
            logger.notice("Messages go to the mail server of this machine without TLS.")
        case .server: break
        }
    }
}
