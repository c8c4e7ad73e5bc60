/// The words that names and summaries are made of: a few that are everywhere, and endlessly many that are rare.
enum GrowthWords {
    /// Words of package names, commonest first.
    static let topics = [
        "python", "json", "api", "client", "core", "utils", "data", "test", "http", "web", "cli", "server", "tools",
        "async", "react", "config", "parser", "plugin", "auth", "file", "lib", "types", "logger", "cache", "sdk",
        "node", "text", "image", "model", "stream", "model", "django", "storage", "aws", "template", "router", "color",
        "queue", "proxy", "markdown", "crypto", "table", "graph", "socket", "schema", "validator", "metrics", "sync",
        "loader", "build", "theme", "date", "time", "search", "session", "token", "pipeline", "mock", "yaml", "toml",
        "xml", "sql", "redis", "kafka", "docker", "lint", "format", "embed", "vector", "audio", "video", "pdf", "font",
        "geo", "map", "math", "matrix", "tensor", "neural", "chart", "grid", "form", "input", "modal", "icon", "hash",
        "uuid", "random", "retry", "rate", "limit", "trace", "debug", "shell", "terminal", "prompt", "menu", "mail",
        "calendar", "payment", "invoice", "wallet", "ledger", "game", "physics", "robot", "sensor", "serial", "usb",
    ]
    /// Words of summaries, commonest first.
    static let prose = [
        "a", "for", "and", "the", "to", "with", "of", "simple", "library", "fast", "in", "using", "python", "data",
        "easy", "lightweight", "tool", "modern", "support", "package", "framework", "client", "api", "files", "module",
        "based", "small", "wrapper", "command", "line", "interface", "helpers", "functions", "json", "http", "async",
        "parsing", "type", "safe", "typed", "server", "testing", "common", "management", "from", "your", "by",
        "bindings", "implementation", "utilities", "collection", "generator", "components", "plugin", "extension",
        "integration", "service", "schema", "validation", "configuration", "rendering", "analysis", "processing",
        "machine", "learning", "models", "distributed", "storage", "queue", "stream", "events", "logging", "metrics",
        "dates", "strings", "numbers", "images", "video", "audio", "maps", "graphs", "tables", "markdown", "templates",
        "security", "tokens", "sessions", "crypto", "hashing", "compression", "network", "sockets", "protocol",
        "database", "queries", "migrations", "cache", "memory", "threads", "scheduling", "workflow", "deployment",
    ]
    private static let beginnings = [
        "ba", "bel", "bri", "ca", "chor", "da", "del", "dra", "el", "fa", "fen", "gar", "gli", "ha", "hol", "is", "ja",
        "kel", "kor", "la", "lum", "mar", "mi", "nor", "ob", "pa", "per", "quo", "ra", "rin", "sa", "sol", "ta", "ten",
        "tri", "ul", "va", "ver", "wil", "xan", "yor", "zen",
    ]
    private static let ends = [
        "da", "do", "fex", "ga", "gon", "ka", "lex", "lite", "lo", "ly", "ma", "mir", "na", "nix", "on", "ora", "po",
        "quil", "ra", "rex", "ro", "sa", "sor", "ta", "ten", "tis", "to", "tron", "va", "ver", "via", "vo", "wyn",
        "xis", "ya", "za", "zo",
    ]

    /// A word of its own for every number: syllables that can be told apart again.
    static func made(_ number: Int) -> String {
        var rest = number
        var word = beginnings[rest % beginnings.count]
        rest /= beginnings.count
        repeat {
            word += ends[rest % ends.count]
            rest /= ends.count
        } while rest > 0
        return word
    }

    /// So many words of prose, now and then a rare one.
    static func sentence(_ count: Int, _ random: inout GrowthRandom) -> String {
        var words: [String] = []
        for _ in 0..<count {
            words.append(
                random.below(12) == 0
                    ? made(random.below(60_000)) : prose[random.skewed(prose.count, slope: 2)])
        }
        return words.joined(separator: " ")
    }
}
