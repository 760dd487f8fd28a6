import HTTPTypes
import Hummingbird
import NIOCore
import PerceptFigures

/// A web page to try the models: drop an image and see the prediction. It loads nothing from other servers.
enum DemoPage {
  /// Returns the page with the models to choose from. If it takes a token, it has a field for it, and requests itself
  /// again with the token to get the names of the models.
  static func response(for models: [ServedModel], takesToken: Bool = false) -> Response {
    let options = models.map { "<option>\(escaped($0.name))</option>" }.joined()
    return Response(
      status: .ok,
      headers: [
        .contentType: "text/html; charset=utf-8",
        .contentSecurityPolicy:
          "default-src 'none'; img-src blob: data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(string: start + (takesToken ? field : "") + choice + options + rest)))
  }

  private static let start = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Percept</title>
    <link rel="icon" href="data:,">
    <style>
    :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
    body { max-width: 32rem; margin: 2rem auto; padding: 0 1rem }
    #drop { display: block; padding: 2rem 1rem; border: 2px dashed; border-radius: .5rem; text-align: center; cursor: pointer }
    #drop.over, #drop:focus-within { border-style: solid }
    #file { max-width: 100% }
    [hidden] { display: none !important }
    img { display: block; max-width: 100%; max-height: 20rem; margin: 1rem auto }
    table { width: 100%; border-collapse: collapse }
    td { padding: .25rem 0; overflow-wrap: anywhere }
    td:last-child { text-align: right; font-variant-numeric: tabular-nums }
    td:nth-child(2) { width: 50% }
    meter { width: 100% }
    </style>
    </head>
    <body>
    <main>
    <h1>Percept</h1>
    """

  /// The input field for the token. The page keeps the token in memory only, never in storage or a URL.
  private static let field = """

    <p><label>Token <input id="token" type="password" autocomplete="off"></label></p>
    """

  private static let choice = """

    <p><label>Model <select id="model">
    """

  private static let rest = """
    </select></label></p>
    <label id="drop">Drop an image here, or choose one: <input id="file" type="file" accept="image/*"></label>
    <img id="picture" alt="The image" hidden>
    <p id="answer" role="status"></p>
    <table id="classes"></table>
    </main>
    <script>
    const of = id => document.getElementById(id)
    const percent = number => (100 * number).toFixed(1) + " %"
    let last, count = 0
    const headers = () => of("token")?.value ? { Authorization: "Bearer " + of("token").value } : {}
    async function choose() {
      const page = await (await fetch("", { headers: headers() })).text()
      const choice = new DOMParser().parseFromString(page, "text/html").getElementById("model")
      of("model").replaceChildren(...choice.children)
      ask(last)
    }
    async function ask(file) {
      if (!file) return
      last = file
      const mine = ++count
      URL.revokeObjectURL(of("picture").src)
      of("picture").src = URL.createObjectURL(file)
      of("picture").hidden = false
      of("answer").textContent = "…"
      of("classes").replaceChildren()
      let answer
      try {
        const path = "models/" + encodeURIComponent(of("model").value) + "/predict"
        answer = await (await fetch(path, { method: "POST", body: file, headers: headers() })).json()
      } catch {
        answer = { error: "the server does not respond; check that it is running" }
      }
      if (mine === count) show(answer)
    }
    function show(answer) {
      of("answer").textContent = answer.error ?? answer.class + ", " + percent(answer.probability)
      const classes = Object.entries(answer.probabilities ?? {}).sort((a, b) => b[1] - a[1])
      of("classes").replaceChildren(...classes.map(([name, probability]) => {
        const row = document.createElement("tr")
        for (let i = 0; i < 3; i++) row.insertCell()
        row.cells[0].textContent = name
        const meter = row.cells[1].appendChild(document.createElement("meter"))
        meter.value = probability
        meter.setAttribute("aria-label", name)
        row.cells[2].textContent = percent(probability)
        return row
      }))
    }
    of("file").onchange = () => ask(of("file").files[0])
    of("picture").onerror = () => { of("picture").hidden = true }
    of("model").onchange = () => ask(last)
    if (of("token")) of("token").onchange = choose
    document.ondragover = event => { event.preventDefault(); of("drop").classList.add("over") }
    document.ondragleave = () => of("drop").classList.remove("over")
    document.ondrop = event => {
      event.preventDefault()
      of("drop").classList.remove("over")
      ask(event.dataTransfer.files[0])
    }
    </script>
    </body>
    </html>

    """
}
