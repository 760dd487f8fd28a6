import HTTPTypes
import Hummingbird
import NIOCore
import PerceptFigures

/// A web page to try the models: drop an image and see the part that is judged, the probability of every class, what the answer
/// is based on, and the last answers. It loads nothing from other servers.
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
    :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --line: #8886 }
    body { max-width: 44rem; margin: 1.5rem auto; padding: 0 1rem }
    h1 { margin: 0 }
    h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem }
    select, button { font: inherit; min-height: 2.4rem; padding: .2rem .6rem }
    #drop { display: block; padding: 1.2rem 1rem; border: 2px dashed; border-radius: .5rem; text-align: center; cursor: pointer }
    #drop.over, #drop:focus-within { border-style: solid }
    #file { max-width: 100% }
    [hidden] { display: none !important }
    #seen { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; margin: 1rem 0 }
    figure { margin: 0 }
    figure img { display: block; width: 100%; max-height: 16rem; object-fit: contain; background: #8882; border-radius: 4px }
    figure img.pixels { image-rendering: pixelated }
    figcaption { font-size: .9rem }
    #answer { font-size: 1.3rem; font-weight: 600; margin: .5rem 0 }
    table { width: 100%; border-collapse: collapse }
    td { padding: .25rem 0; overflow-wrap: anywhere }
    td:last-child { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding-left: .5rem }
    td:nth-child(2) { width: 55% }
    meter { width: 100%; accent-color: #0060a8 }
    meter::-webkit-meter-optimum-value { background: light-dark(#0060a8, #6cb6ff) }
    meter::-moz-meter-bar { background: light-dark(#0060a8, #6cb6ff) }
    .problem { color: light-dark(#a02828, #ff8a80) }
    #last { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); gap: .6rem }
    #last button { width: 100%; text-align: left; padding: .3rem; background: none; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; color: inherit }
    #last img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover }
    #last small { display: block; overflow-wrap: anywhere; line-height: 1.3; margin-top: .2rem }
    </style>
    </head>
    <body>
    <main>
    <h1>Percept</h1>
    """

  /// The input field for the token. The page keeps the token in memory only, never in storage or a URL.
  private static let field = """

    <form id="access"><p><label>Token <input id="token" type="password" autocomplete="off"></label>
    <button>Use</button></p><p id="access-error" class="problem" role="alert"></p></form>
    """

  private static let choice = """

    <p id="choice"><label>Model <select id="model">
    """

  private static let rest = """
    </select></label></p>
    <label id="drop">Drop an image here, or choose one: <input id="file" type="file" accept="image/*"></label>
    <p id="answer" role="status"></p>
    <div id="seen">
    <figure hidden><img id="picture" alt="The image"><figcaption>The image</figcaption></figure>
    <figure hidden><img id="crop" alt="The part of the image that is judged"><figcaption>What is judged: <span id="size"></span></figcaption></figure>
    <figure hidden><img id="map" alt="A map of the image: red where it counts for the answer, blue where it counts against it">
    <figcaption>Why: red counts for <span id="class"></span>, blue against it.</figcaption></figure>
    </div>
    <table id="classes"></table>
    <section id="history" hidden><h2>Last answers</h2><ol id="last"></ol></section>
    </main>
    <script>
    const of = id => document.getElementById(id)
    const percent = number => (100 * number).toFixed(1) + " %"
    let last, count = 0
    // Hides the choice of a model if there is none, because the token is missing.
    const update = () => { of("choice").hidden = !of("model").children.length }
    const headers = () => of("token")?.value ? { Authorization: "Bearer " + of("token").value } : {}
    async function choose() {
      let problem = ""
      try {
        const page = await (await fetch("", { headers: headers() })).text()
        const choice = new DOMParser().parseFromString(page, "text/html").getElementById("model")
        of("model").replaceChildren(...choice.children)
        if (!of("model").children.length) problem = of("token").value ? "This is not the token of the server." : "Enter the token of the server."
      } catch {
        problem = "The server does not respond; check that it is running."
      }
      update()
      of("access-error").textContent = problem
      if (!problem) ask(last)
    }
    const display = (id, source) => {
      of(id).src = source ?? ""
      of(id).parentElement.hidden = !source
    }
    let address
    // Shows a file, and forgets the one before.
    const displayFile = file => {
      URL.revokeObjectURL(address)
      address = URL.createObjectURL(file)
      display("picture", address)
    }
    async function ask(file) {
      if (!file) return
      last = file
      if (!of("model").children.length) return choose()
      const mine = ++count
      displayFile(file)
      for (const id of ["crop", "map"]) display(id)
      of("answer").textContent = "…"
      of("classes").replaceChildren()
      let answer
      try {
        const path = "models/" + encodeURIComponent(of("model").value) + "/explain"
        answer = await (await fetch(path, { method: "POST", body: file, headers: headers() })).json()
      } catch {
        answer = { error: "the server does not respond; check that it is running" }
      }
      if (mine !== count) return
      show(answer)
      if (!answer.error) remember(file, answer)
    }
    function show(answer) {
      const words = answer.error ?? answer.class + ", " + percent(answer.probability)
      of("answer").textContent = answer.error ? words[0].toUpperCase() + words.slice(1) : words
      of("answer").classList.toggle("problem", Boolean(answer.error))
      of("class").textContent = answer.class
      display("crop", answer.image)
      display("map", answer.map)
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
    // Adds an answer to the list of the last ones. They are kept by this page only, until it is closed.
    function remember(file, answer) {
      const item = document.createElement("li"), button = item.appendChild(document.createElement("button"))
      button.type = "button"
      const image = Object.assign(document.createElement("img"), { src: answer.image, alt: "" })
      const words = document.createElement("small")
      words.textContent = answer.class + ", " + percent(answer.probability)
      const name = document.createElement("small")
      name.textContent = file.name ?? ""
      button.append(image, words, name)
      button.onclick = () => {
        count++
        last = file
        displayFile(file)
        show(answer)
      }
      of("last").prepend(item)
      while (of("last").children.length > 12) of("last").lastChild.remove()
      of("history").hidden = false
    }
    of("crop").onload = () => {
      const { naturalWidth: width, naturalHeight: height } = of("crop")
      of("size").textContent = width + " x " + height + " pixels"
      for (const id of ["crop", "map"]) of(id).classList.toggle("pixels", width < 128)
    }
    of("file").onchange = () => ask(of("file").files[0])
    of("picture").onerror = () => { of("picture").parentElement.hidden = true }
    of("model").onchange = () => ask(last)
    if (of("token")) of("access").onsubmit = event => { event.preventDefault(); choose() }
    update()
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
