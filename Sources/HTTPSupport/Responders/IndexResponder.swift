package import Accounts
import HTTPTypes
package import Hummingbird
import NIOPosix
package import RegistryModel

/// Answers with index documents: from the cache where it can, with entity tags, conditions, gzip and HEAD.
package struct IndexResponder: Sendable {
    /// Documents larger than this are compressed on a thread of their own rather than in the request's task.
    private static let largeDocument = 64 << 10
    /// Longer targets are answered but not kept.
    private static let longestKeptTarget = 512

    private let cache: ResponseCache
    private let reader: @Sendable (RegistryContext) async throws -> Reader

    /// Makes a responder.
    /// - Parameters:
    ///   - cache: Where public documents are kept.
    ///   - reader: Finds out who asks.
    package init(cache: ResponseCache, reader: @escaping @Sendable (RegistryContext) async throws -> Reader) {
        self.cache = cache
        self.reader = reader
    }

    /// Answers a GET or HEAD.
    ///
    /// Targets with a query are never kept: they would let anybody fill the cache.
    /// - Parameters:
    ///   - request: The request.
    ///   - context: Its context.
    ///   - tag: The project whose change makes the document out of date; nil for one that any project's change may change.
    ///   - representation: Names what was negotiated, so that two forms at one address are told apart.
    ///   - vary: The request field on which the representation depends (`Accept`).
    ///   - load: Loads and renders the document for a reader. A ``Problem/Code/notFound`` it throws to an anonymous reader is
    ///     remembered until the project changes.
    /// - Returns: The document, 304, or the head alone.
    /// - Throws: What `load` throws.
    package func respond(
        _ request: Request, _ context: RegistryContext, tag: ProjectCoordinates?, representation: String,
        vary: String?, load: (Reader) async throws -> Document
    ) async throws -> Response {
        let compress = ContentNegotiation.acceptsGzip(request.headers)
        guard let key = Self.key(of: request, representation: representation, isCompressed: compress) else {
            let document = try await load(reader(context))
            return try await rendition(of: document, vary: vary, compress: compress).response(to: request)
        }
        if let known = try known(key, tag: tag, request, context) { return known }
        var generation = cache.generation(of: tag)
        let flight = Flights.Key(document: key, generation: generation)
        let leads = cache.flights.begin(flight)
        if !leads {
            await cache.flights.wait(for: flight)
            if let known = try known(key, tag: tag, request, context) { return known }
            generation = cache.generation(of: tag)
        }
        defer { if leads { cache.flights.end(flight) } }
        if compress, case .document(let plain, let plainGeneration) = cache.find(key.plain) {
            let rendition = try await Self.compressed(plain) ?? plain
            keep(rendition, key, tag: tag, at: plainGeneration, context)
            return rendition.response(to: request)
        }
        let who = try await reader(context)
        do {
            let document = try await load(who)
            let rendition = try await rendition(of: document, vary: vary, compress: compress)
            if document.isPublic {
                keep(rendition, key, tag: tag, at: generation, context)
            }
            return rendition.response(to: request)
        } catch let problem as Problem where problem.code == .notFound {
            if case .anonymous = who { cache.insert(absence: problem, for: key, tag: tag, filledAt: generation) }
            throw problem
        }
    }

    /// The answer that the cache knows; nil where the document has to be made.
    private func known(
        _ key: ResponseCache.Key, tag: ProjectCoordinates?, _ request: Request, _ context: RegistryContext
    ) throws -> Response? {
        switch cache.find(key) {
        case .document(let rendition, let generation):
            offer(rendition, key, tag: tag, at: generation, context)
            return rendition.response(to: request)
        // Somebody in particular may see what nobody in particular does.
        case .absence(let problem) where context.credential == nil && context.sessionSecret == nil: throw problem
        case .absence, .nothing: return nil
        }
    }

    private func keep(
        _ rendition: Rendition, _ key: ResponseCache.Key, tag: ProjectCoordinates?,
        at generation: ResponseCache.Generation, _ context: RegistryContext
    ) {
        guard cache.insert(rendition, for: key, tag: tag, filledAt: generation) else { return }
        offer(rendition, key, tag: tag, at: generation, context)
    }

    private func offer(
        _ rendition: Rendition, _ key: ResponseCache.Key, tag: ProjectCoordinates?,
        at generation: ResponseCache.Generation, _ context: RegistryContext
    ) {
        context.record.offer(
            toLane: LaneOffer(content: .document(key, generation), tag: tag, etag: rendition.etag))
    }

    private static func key(of request: Request, representation: String, isCompressed: Bool) -> ResponseCache.Key? {
        guard let target = request.head.path, target.utf8.count <= longestKeptTarget,
            !target.utf8.contains(UInt8(ascii: "?"))
        else { return nil }
        return ResponseCache.Key(target: target, representation: representation, isCompressed: isCompressed)
    }

    private func rendition(of document: Document, vary: String?, compress: Bool) async throws -> Rendition {
        let plain = Rendition(document, vary: vary)
        guard compress else { return plain }
        return try await Self.compressed(plain) ?? plain
    }

    private static func compressed(_ plain: Rendition) async throws -> Rendition? {
        guard plain.body.readableBytes > largeDocument else { return plain.compressed() }
        return try await NIOThreadPool.singleton.runIfActive { plain.compressed() }
    }
}

extension ResponseCache.Key {
    fileprivate var plain: ResponseCache.Key {
        ResponseCache.Key(target: target, representation: representation, isCompressed: false)
    }
}
