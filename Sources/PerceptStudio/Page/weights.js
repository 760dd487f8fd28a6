// The weights over the iterations. Every element .weights shows its last frame, and loads all frames when they are needed.

/** The frames of each element that has loaded them: {iterations, source}. */
const loaded = new WeakMap()

/** Shows the last frame of an element that was recorded at or before an iteration, and returns its index. */
function show(element, iteration) {
  const { iterations } = loaded.get(element)
  const frame = Math.max(0, iterations.findLastIndex(recorded => recorded <= iteration))
  const [unit, units] = [Number(element.dataset.unit), Number(element.dataset.units)]
  const place = (index, count) => count > 1 ? 100 * index / (count - 1) : 0
  element.style.backgroundSize = `${100 * units}% ${100 * iterations.length}%`
  element.style.backgroundPosition = `${place(unit, units)}% ${place(frame, iterations.length)}%`
  return frame
}

/** Loads the image with all frames of an element, once for each color scale. */
async function load(element, scale) {
  const source = `${element.dataset.history}&scale=${scale}`
  if (loaded.get(element)?.source === source) return
  const image = new Image()
  image.src = source
  await image.decode()
  loaded.set(element, { source, iterations: element.dataset.iterations.split(" ").map(Number) })
  element.style.backgroundImage = `url("${source}")`
}

/** The iteration slider, which controls all elements .weights of the page. */
export class Scrubber {
  /** @param parts the elements: slider, play, reset, step, words, line, common; @param follow is called with each moment. */
  constructor(parts, follow) {
    Object.assign(this, parts, { follow, moments: [], timer: null, plot: [0, 1], limit: null })
    this.slider.oninput = () => { this.pause(); this.seek() }
    this.play.onclick = () => this.timer ? this.pause() : this.start()
    this.reset.onclick = () => this.move(0)
    this.step.onclick = () => this.move(Number(this.slider.value) + 1)
    this.common.onchange = () => this.seek()
  }

  /** Sets the frames of a new training: `{iteration, words, place, limit}` for each; `plot` is the vertical extent of the plot
   * in the learning curve, and `limit` the largest weight of all frames. */
  set({ moments, plot, limit }) {
    this.pause()
    Object.assign(this, { moments, plot, limit })
    this.slider.max = moments.length - 1
    this.slider.value = moments.length - 1
    this.tell()
    if (this.common.checked) this.seek()
  }

  get moment() { return this.moments[Number(this.slider.value)] }

  get elements() { return [...document.querySelectorAll(".weights[data-history]")] }

  move(index) {
    this.pause()
    this.slider.value = index
    return this.seek()
  }

  /** Shows the slider's iteration in every element. */
  async seek() {
    this.tell()
    const elements = this.elements
    await Promise.allSettled(elements.map(element => load(element, this.common.checked ? "all" : "each")))
    const moment = this.moment
    if (!moment) return
    for (const element of elements) {
      if (!loaded.has(element)) continue
      const frame = show(element, moment.iteration)
      const words = element.closest(".run") && element.parentElement.closest("[data-words]")?.dataset.words
      if (words) element.closest(".run").querySelector(".frame-words").textContent = JSON.parse(words)[frame]
    }
  }

  /** Describes the slider's iteration, and marks it on the learning curve. */
  tell() {
    const moment = this.moment
    if (!moment) return
    this.words.textContent = moment.words[0].toUpperCase() + moment.words.slice(1) + "."
    this.slider.setAttribute("aria-valuetext", moment.words)
    this.step.disabled = Number(this.slider.value) >= this.moments.length - 1
    const limit = this.common.checked ? this.limit : moment.limit
    for (const output of document.querySelectorAll(".limit")) {
      output.textContent = Number(limit.toPrecision(3))
      output.parentElement.style.visibility = limit ? "" : "hidden"
    }
    const svg = document.querySelector("#watch svg")
    this.line.hidden = !svg || moment.iteration < 0
    if (svg) {
      const { height } = svg.getBoundingClientRect()
      const [top, bottom] = this.plot.map(share => share * height)
      Object.assign(this.line.style, { left: `${100 * moment.place}%`, top: `${top}px`, height: `${bottom - top}px` })
    }
    this.follow(Number(this.slider.value))
  }

  start() {
    if (Number(this.slider.value) >= this.moments.length - 1) this.slider.value = 0
    this.play.textContent = "Pause"
    this.timer = setInterval(() => {
      if (Number(this.slider.value) >= this.moments.length - 1) return this.pause()
      this.slider.value = Number(this.slider.value) + 1
      this.seek()
    }, 120)
    this.seek()
  }

  pause() {
    clearInterval(this.timer)
    this.timer = null
    this.play.textContent = "Play"
  }
}
