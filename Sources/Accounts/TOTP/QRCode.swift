import CQRencode

/// A QR code as an `svg` element, drawn by libqrencode.
enum QRCode {
    /// The picture of a text of at most 1,000 bytes; nil where it does not fit.
    ///
    /// Dark on light whatever the page's colours are, with the quiet zone of four modules that readers need.
    static func svg(_ text: String) -> String? {
        guard text.utf8.count <= 1000, let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        guard width > 0, let data = code.pointee.data else { return nil }
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                var run = 0
                while column + run < width, data[row * width + column + run] & 1 == 1 { run += 1 }
                if run > 0 { path += "M\(column + 4),\(row + 4)h\(run)v1h-\(run)z" }
                column += max(run, 1)
            }
        }
        let size = width + 8
        return ##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \##(size) \##(size)" width="240" height="240" "##
            + ##"role="img" aria-label="QR code" shape-rendering="crispEdges"><rect width="\##(size)" "##
            + ##"height="\##(size)" fill="#fff"/><path d="\##(path)" fill="#000"/></svg>"##
    }
}
