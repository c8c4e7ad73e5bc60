import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import RegistryModel

/// Reads pages of other servers, whose addresses a stranger may have chosen.
///
/// It connects to the address that it has looked at itself, so that a name which answers differently the next time gains
/// nothing; it follows no redirects, keeps a bounded part of the answer, and gives up after a bounded time.
package struct PublicPageFetcher: PageFetcher {
    /// Whether hosts in private networks, and http, are allowed: for a company's own code host.
    private let allowsPrivate: Bool
    private let pool: any WorkPool
    private let timeout: TimeAmount

    /// Looks names up on the threads of `pool`.
    package init(allowsPrivate: Bool, pool: any WorkPool, milliseconds: Int = 10_000) {
        self.allowsPrivate = allowsPrivate
        self.pool = pool
        timeout = .milliseconds(Int64(milliseconds))
    }

    package func fetch(_ address: String, limit: Int) async throws -> FetchedPage {
        guard let page = PageAddress(address) else { throw FetchFault.refused("'\(address)' is no address of a page") }
        guard page.isSecure || allowsPrivate else { throw FetchFault.refused("'\(address)' is not https") }
        let candidates = try await pool.run { [allowsPrivate] in
            try HostLookup.addresses(of: page.host, port: page.port, allowsPrivate: allowsPrivate)
        }
        var last: any Error = FetchFault.unreachable("no answer")
        for candidate in candidates {
            do {
                return try await fetch(page, from: candidate, limit: limit)
            } catch {
                last = error
            }
        }
        throw (last as? FetchFault) ?? FetchFault.unreachable("'\(page.host)' gave no answer: \(last)")
    }

    private func fetch(_ page: PageAddress, from address: SocketAddress, limit: Int) async throws -> FetchedPage {
        let security = page.isSecure ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: FetchedPage.self)
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(timeout).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                if let security {
                    // A name stands in the certificate; an address is compared as one.
                    let name = (try? SocketAddress(ipAddress: page.host, port: 0)) == nil ? page.host : nil
                    try pipeline.addHandler(NIOSSLClientHandler(context: security, serverHostname: name))
                }
                try pipeline.addHTTPClientHandlers()
                try pipeline.addHandler(PageHandler(page, limit: limit, answer: answer))
            }
        }
        let channel: any Channel
        do {
            channel = try await bootstrap.connect(to: address).get()
        } catch {
            answer.fail(FetchFault.unreachable("'\(page.host)' cannot be reached: \(error)"))
            return try await answer.futureResult.get()
        }
        let deadline = loop.scheduleTask(in: timeout) {
            answer.fail(FetchFault.unreachable("'\(page.host)' took too long"))
        }
        defer {
            deadline.cancel()
            channel.close(promise: nil)
        }
        return try await answer.futureResult.get()
    }
}
