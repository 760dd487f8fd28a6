import PerceptDatasets
package import PerceptImages

/// Building blocks of a self-contained HTML page without scripts, for desktop, phone, print and dark mode.
package enum Page {
  /// Returns a complete HTML document. `title` is plain text; `head` and `body`, the content of the main element, are HTML.
  package static func html(title: String, head: String = "", body: String) -> String {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <link rel="icon" href="data:,">
    <title>\(escaped(title))</title>
    <style>\(styleSheet)\(Drawing.styleSheet)</style>\(head)
    </head>
    <body>
    <main>
    \(body)
    </main>
    </body>
    </html>

    """
  }

  /// Joins names as `a, b or c`. More than 6 names are shortened to `a, b, c, d, e or one of 95 others`.
  package static func alternatives(_ names: [String]) -> String {
    let most = 6
    guard names.count > most else { return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "") }
    return names.prefix(most - 1).joined(separator: ", ") + " or one of \(names.count - most + 1) others"
  }

  /// The question that a classifier answers, such as `ants or bees?`, or for more than 4 classes `Which of 10 classes?`.
  package static func question(_ names: [String]) -> String {
    names.count <= 4 ? alternatives(names) + "?" : "Which of \(grouped(names.count)) classes?"
  }

  /// Omits empty parts. `id` is the anchor of the section, if any.
  package static func section(_ title: String, id: String = "", _ parts: [String]) -> String {
    "<section\(id.isEmpty ? "" : " id=\"\(id)\"")>\n<h2>\(escaped(title))</h2>\n"
      + parts.filter { !$0.isEmpty }.joined(separator: "\n") + "\n</section>\n"
  }

  package static func paragraph(_ text: String, class name: String = "") -> String {
    "<p\(name.isEmpty ? "" : " class=\"\(name)\"")>\(prose(text))</p>"
  }

  /// Escaped text in which a number and its percent sign stay on one line.
  package static func prose(_ text: String) -> String { escaped(unbroken(text)) }

  /// Text in which a number and its percent sign stay on one line.
  package static func unbroken(_ text: String) -> String { text.replacing(" %", with: "\u{A0}%") }

  package static func figure(_ drawing: Drawing, id: String, caption: String) -> String {
    "<figure>\n\(drawing.svg(id: id, isStandalone: false))<figcaption>\(prose(caption))</figcaption>\n</figure>"
  }

  /// A grid of images with their titles and captions, as many in a row as fit, and a caption below.
  package static func figure(_ grid: ImageGrid, caption: String) -> String {
    let cells = grid.cells.map { cell in
      let words = (cell.title + cell.caption).joined(separator: ", ")
      let title = cell.title.map(escaped).joined(separator: "<br>")
      let lines = cell.caption.map { "<small>\(breakable($0))</small>" }.joined(separator: "<br>")
      return "<li><span>\(title)</span>\(image(cell.image, alt: "Image: \(words)"))<span>\(lines)</span></li>"
    }
    let wide = grid.cellWidth >= 200 ? " style=\"--cell:\(Int(grid.cellWidth))px\"" : ""
    return "<figure>\n<ul class=\"pictures\"\(wide)>\n\(cells.joined(separator: "\n"))\n</ul>\n"
      + "<figcaption>\(prose(caption))</figcaption>\n</figure>"
  }

  /// An image as wide as the element that contains it.
  package static func image(_ image: Image, alt: String) -> String {
    "<img src=\"\(image.dataURI)\" alt=\"\(escaped(alt))\" width=\"\(image.width)\" height=\"\(image.height)\"\(smooth(image))>"
  }

  /// The class of an image with enough pixels to be drawn smoothly; fewer pixels are drawn as squares.
  private static func smooth(_ image: Image) -> String { image.width >= 128 ? " class=\"smooth\"" : "" }

  /// Escaped text with line break opportunities after each slash, so that paths fit on a phone.
  private static func breakable(_ text: String) -> String {
    text.split(separator: "/", omittingEmptySubsequences: false).map { prose(String($0)) }.joined(separator: "/<wbr>")
  }

  /// One image, as wide as the page allows, with a caption.
  package static func figure(_ image: ImageGrid.Cell, caption: String) -> String {
    "<figure>\n<img class=\"wide\" src=\"\(image.image.dataURI)\" alt=\"\(escaped(image.title.joined(separator: ", ")))\" "
      + "width=\"\(image.image.width)\" height=\"\(image.image.height)\">\n"
      + "<figcaption>\(prose(caption))</figcaption>\n</figure>"
  }

  /// A list of small drawings, as many in a row as fit, and a caption below.
  package static func figure(_ drawings: [Drawing], id: String, caption: String) -> String {
    guard !drawings.isEmpty else { return "" }
    let items = drawings.enumerated().map { "<li>\($1.svg(id: "\(id)-\($0)", isStandalone: false))</li>" }
    let columns = drawings.count <= 10 ? max(3, (drawings.count + 1) / 2) : 7
    return "<figure>\n<ul class=\"panels\" style=\"--columns:\(columns)\">\n\(items.joined(separator: "\n"))\n</ul>\n"
      + "<figcaption>\(prose(caption))</figcaption>\n</figure>"
  }

  /// A table whose first column contains row headers.
  package static func table(caption: String, header: [String], rows: [[String]]) -> String {
    let head = header.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
    let body = rows.map { row in
      "<tr>"
        + row.enumerated().map { $0 == 0 ? "<th scope=\"row\">\(escaped($1))</th>" : "<td>\(escaped($1))</td>" }
        .joined()
        + "</tr>"
    }
    return "<table>\n<caption>\(escaped(caption))</caption>\n<thead><tr>\(head)</tr></thead>\n<tbody>\n"
      + body.joined(separator: "\n") + "\n</tbody>\n</table>"
  }

  /// Content that is hidden until it is opened. `content` is HTML.
  package static func details(_ summary: String, _ content: String) -> String {
    "<details>\n<summary>\(escaped(summary))</summary>\n\(content)\n</details>"
  }

  package static func code(_ text: String) -> String { "<pre tabindex=\"0\"><code>\(escaped(text))</code></pre>" }

  package static let styleSheet = """
    :root{--ink:#1b1b1b;--muted:#595959;--page:#fff;--line:#dcdcdc;--panel:#f2f2f2}\
    @media (prefers-color-scheme:dark){:root{--ink:#ececec;--muted:#a9adb3;--page:#16181c;--line:#3a3d42;--panel:#24272c}}\
    *{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--ink);\
    font:16px/1.5 "Helvetica Neue",Arial,"DejaVu Sans",sans-serif}\
    main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}\
    h1{font-size:1.9rem;line-height:1.2;margin:.5rem 0}h2{font-size:1.35rem;margin:2.8rem 0 .6rem;\
    border-bottom:1px solid var(--line);padding-bottom:.3rem}\
    p.answer{font-size:1.2rem}figure{margin:1.4rem 0;break-inside:avoid}figcaption{color:var(--muted);margin-top:.4rem;overflow-wrap:anywhere}\
    svg.percept{max-width:100%;height:auto;display:block}\
    img{image-rendering:pixelated;display:block;width:100%;height:auto}img.wide{max-width:42rem}img.smooth{image-rendering:auto}\
    ul.pictures{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,var(--cell,8.5rem)),1fr));\
    gap:1rem}ul.pictures li{display:flex;flex-direction:column;justify-content:flex-start;font-size:.9rem;\
    break-inside:avoid;min-width:0}ul.pictures small{color:var(--muted);overflow-wrap:anywhere;font-size:.8rem}\
    table{border-collapse:collapse;margin:1.2rem 0;max-width:100%;min-width:min(100%,24rem);font-variant-numeric:tabular-nums}\
    caption{text-align:left;color:var(--muted);padding-bottom:.3rem}\
    th,td{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid var(--line);overflow-wrap:anywhere;\
    vertical-align:top}th{font-weight:600}\
    pre{background:var(--panel);padding:.8rem 1rem;overflow-x:auto;border-radius:6px;font-size:.9rem}\
    ul.files{padding-left:1.2rem;overflow-wrap:anywhere}\
    @media print{main{max-width:none;padding:0}h2{break-after:avoid}table{break-inside:avoid}\
    figure:has(ul){break-inside:auto}pre{white-space:pre-wrap}}
    """
}
