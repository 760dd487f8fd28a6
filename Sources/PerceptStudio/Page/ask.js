// The prediction for one image: dropped, pasted, chosen, from the camera, or from the dataset; and painting over it.

const of = id => document.getElementById(id)

/** Runs one call at a time. Of the calls during a run, only the last is kept. Reports a server that does not respond. */
export function latest(work, report) {
  let running = false, next = null
  return async (...values) => {
    if (running) { next = values; return }
    running = true
    for (let now = values; now; [now, next] = [next, null]) {
      try { await work(...now) } catch { report("The studio does not respond. Is it still running?") }
    }
    running = false
  }
}

/** The section "Ask about a photo". */
export class Asker {
  /** @param query returns the current settings; @param report shows an error; @param show is called with each answer: the
   * address of the image, the prediction, what was asked, and whether the image is painted on. */
  constructor(query, report, show) {
    Object.assign(this, { query, report, show, asked: null, answered: null, before: null, pen: null, strokes: [] })
    this.canvas = of("canvas")
    this.context = this.canvas.getContext("2d", { willReadFrequently: true })
    this.send = latest(() => this.request(), report)
    this.listen()
  }

  /** Asks about an image of the dataset: {part, index} or {row}. */
  askPhoto(asked, scroll = true) {
    const answered = this.begin(asked)
    if (scroll) of("ask").scrollIntoView()
    return answered
  }

  /** Asks about a file. */
  askFile(file) { if (file) this.begin({ file }) }

  begin(asked) {
    Object.assign(this, { asked, before: null, painted: false, strokes: [] })
    return this.send()
  }

  /** Says why an image cannot be used, where it was given, and returns to the image before. */
  refuse(reason) {
    of("drop-error").textContent = `This image can't be used: ${reason}.`
    of("file").value = ""
    this.asked = this.answered
    if (!this.asked) of("asking").hidden = true
  }

  /** Asks about the same image again, after another training. */
  again() { if (this.asked) { this.before = null; return this.send() } }

  /** Asks about nothing, until the next training chooses a photo. */
  forget() { this.asked = this.answered = null }

  get address() {
    const { part, index, row } = this.asked
    return row == null ? `&part=${part}&index=${index}` : `&row=${row}`
  }

  async request() {
    const asked = this.asked
    const { file } = asked
    const painted = this.painted
    const options = painted
      ? { method: "POST", body: this.features(), headers: { "Content-Type": "application/x-percept-features" } }
      : file ? { method: "POST", body: file } : {}
    let address = "ask?" + this.query()
    if (!file && !painted) address += this.address
    if (painted && this.label != null) address += "&label=" + this.label
    const response = await fetch(address, options)
    const answer = await response.json()
    if (answer.error) return asked.file ? this.refuse(answer.error) : this.report(answer.error)
    this.report("")
    of("drop-error").textContent = ""
    this.answered = asked
    const wasOpen = of("answer").querySelector("details")?.open
    of("answer").innerHTML = answer.html
    if (wasOpen) of("answer").querySelector("details")?.setAttribute("open", "")
    of("asking").hidden = false
    if (!painted) {
      this.label = answer.label
      await this.draw(answer.image)
    }
    this.compare(answer.prediction, painted)
    this.show(painted ? this.canvas.toDataURL() : answer.image, answer.prediction, asked, painted)
  }

  async draw(source) {
    const image = new Image()
    image.src = source
    await image.decode()
    this.canvas.width = image.naturalWidth
    this.canvas.height = image.naturalHeight
    this.canvas.style.aspectRatio = `${image.naturalWidth} / ${image.naturalHeight}`
    this.context.drawImage(image, 0, 0)
    this.cursor = { x: this.canvas.width / 2, y: this.canvas.height / 2 }
  }

  compare(prediction, painted) {
    if (!painted) this.before = prediction
    const name = this.before?.class
    const now = name == null ? null : prediction.probabilities[name]
    of("change").textContent = painted && name != null
      ? `${name}: ${percent(this.before.probabilities[name])} before, ${percent(now)} now.` : ""
  }

  /** The canvas as features: one byte per channel of each pixel. */
  features() {
    const { data } = this.context.getImageData(0, 0, this.canvas.width, this.canvas.height)
    const channels = new URLSearchParams(this.query()).get("color") === "gray" ? 1 : 3
    const bytes = new Uint8Array(data.length / 4 * channels)
    for (let pixel = 0; pixel < data.length / 4; pixel++) {
      for (let channel = 0; channel < channels; channel++) bytes[pixel * channels + channel] = data[4 * pixel + channel]
    }
    return bytes
  }

  /** Begins a stroke, which Undo removes as a whole. */
  beginStroke(x, y) {
    this.strokes.push(this.context.getImageData(0, 0, this.canvas.width, this.canvas.height))
    this.last = null
    this.paint(x, y)
  }

  /** Paints from the last place of the stroke to a place, without gaps. */
  paint(x, y) {
    const { width, height } = this.canvas
    const size = Math.max(1, Math.round(Math.max(width, height) * Number(of("brush").value) / 100))
    const from = this.last ?? { x, y }
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(x - from.x, y - from.y) / size))
    this.context.fillStyle = of("paint").value
    for (let step = 0; step <= steps; step++) {
      const [left, top] = [from.x + (x - from.x) * step / steps, from.y + (y - from.y) * step / steps]
      this.context.fillRect(Math.round(left - size / 2), Math.round(top - size / 2), size, size)
    }
    this.last = { x, y }
    this.painted = true
    this.send()
  }

  /** Removes the last stroke; the photo is as before if there is no other. */
  undo() {
    const image = this.strokes.pop()
    if (!image) return
    if (!this.strokes.length) return this.clean()
    this.context.putImageData(image, 0, 0)
    this.send()
  }

  /** Removes all strokes. */
  clean() {
    Object.assign(this, { painted: false, strokes: [] })
    this.send()
  }

  listen() {
    const place = event => {
      const box = this.canvas.getBoundingClientRect()
      return [(event.clientX - box.left) * this.canvas.width / box.width, (event.clientY - box.top) * this.canvas.height / box.height]
    }
    this.canvas.onpointerdown = event => { this.canvas.setPointerCapture(event.pointerId); this.pen = event.pointerId; this.beginStroke(...place(event)) }
    this.canvas.onpointermove = event => { if (this.pen === event.pointerId) this.paint(...place(event)) }
    this.canvas.onpointerup = this.canvas.onpointercancel = () => { this.pen = null }
    this.canvas.onkeydown = event => this.key(event)
    of("undo").onclick = () => this.undo()
    of("clean").onclick = () => this.clean()
    of("file").onchange = () => this.askFile(of("file").files[0])
    document.addEventListener("paste", event => this.askFile(event.clipboardData?.files[0]))
    document.addEventListener("dragover", event => { event.preventDefault(); of("drop").classList.add("over") })
    document.addEventListener("dragleave", () => of("drop").classList.remove("over"))
    document.addEventListener("drop", event => {
      event.preventDefault()
      of("drop").classList.remove("over")
      this.askFile(event.dataTransfer.files[0])
      of("ask").scrollIntoView()
    })
    this.listenToCamera()
  }

  /** Keyboard control of the brush: arrow keys move it, Space paints. */
  key(event) {
    const step = Math.max(1, Math.round(this.canvas.width / 16))
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }
    if (moves[event.key]) {
      const [x, y] = moves[event.key]
      this.cursor.x = Math.min(Math.max(this.cursor.x + x, 0), this.canvas.width)
      this.cursor.y = Math.min(Math.max(this.cursor.y + y, 0), this.canvas.height)
      of("change").textContent = `Brush at column ${Math.round(this.cursor.x)}, row ${Math.round(this.cursor.y)}. Press Space to paint.`
    } else if (event.key === " ") {
      this.beginStroke(this.cursor.x, this.cursor.y)
    } else return
    event.preventDefault()
  }

  listenToCamera() {
    const [button, box, video] = [of("camera-button"), of("camera"), of("video")]
    if (!navigator.mediaDevices?.getUserMedia) return
    button.hidden = false
    let stream = null
    const stop = () => {
      stream?.getTracks().forEach(track => track.stop())
      stream = null
      box.hidden = true
      button.textContent = "Use the camera"
    }
    const look = async () => {
      if (!stream) return
      const still = document.createElement("canvas")
      still.width = video.videoWidth
      still.height = video.videoHeight
      if (still.width && !this.painted) {
        still.getContext("2d").drawImage(video, 0, 0)
        const file = await new Promise(done => still.toBlob(done, "image/jpeg", .92))
        await this.begin({ file })
      }
      setTimeout(look, 150)
    }
    button.onclick = async () => {
      if (stream) return stop()
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: true })
      } catch (error) {
        return this.report(`The camera can't be used: ${error.message}.`)
      }
      video.srcObject = stream
      await video.play()
      box.hidden = false
      button.textContent = "Stop the camera"
      this.painted = false
      look()
    }
  }
}

const percent = number => (100 * number).toFixed(1) + " %"
