// The weights over the iterations. Every element .weights shows its last frame, and loads all frames when they are needed.

/** The iterations of the frames of each element that has loaded them. */
const loaded = new WeakMap()

/** Shows the last frame of an element that was recorded at or before an iteration. */
function show(element, iteration) {
  const iterations = loaded.get(element)
  let frame = iterations.findLastIndex(recorded => recorded <= iteration)
  if (frame < 0) frame = 0
  element.style.backgroundSize = `100% ${100 * iterations.length}%`
  element.style.backgroundPosition = `0 ${iterations.length > 1 ? 100 * frame / (iterations.length - 1) : 0}%`
}

/** Loads the image with all frames of an element, once. */
async function load(element) {
  if (loaded.has(element)) return
  const image = new Image()
  image.src = element.dataset.history
  await image.decode()
  loaded.set(element, element.dataset.iterations.split(" ").map(Number))
  element.style.backgroundImage = `url("${element.dataset.history}")`
}

/** The iteration slider, which controls all elements .weights of the page. */
export class Scrubber {
  constructor(slider, button, words, line) {
    Object.assign(this, { slider, button, words, line, moments: [], timer: null })
    slider.oninput = () => { this.pause(); this.seek() }
    button.onclick = () => this.timer ? this.pause() : this.play()
  }

  /** Sets the frames of a new training: `{iteration, words, place}` for each. */
  set(moments) {
    this.pause()
    this.moments = moments
    this.slider.max = moments.length - 1
    this.slider.value = moments.length - 1
    this.tell()
  }

  get moment() { return this.moments[Number(this.slider.value)] }

  get elements() { return [...document.querySelectorAll(".weights[data-history]")] }

  /** Shows the slider's iteration in every element. */
  async seek() {
    this.tell()
    const elements = this.elements
    await Promise.allSettled(elements.map(load))
    const moment = this.moment
    if (moment) for (const element of elements) if (loaded.has(element)) show(element, moment.iteration)
  }

  /** Describes the slider's iteration, and marks it on the learning curve. */
  tell() {
    const moment = this.moment
    if (!moment) return
    this.words.textContent = moment.words[0].toUpperCase() + moment.words.slice(1) + "."
    this.slider.setAttribute("aria-valuetext", moment.words)
    const svg = document.querySelector("#watch svg")
    this.line.hidden = !svg || moment.iteration < 0
    this.line.style.left = `${100 * moment.place}%`
    // The horizontal axis is one fifth above the lower edge of the drawing.
    if (svg) this.line.style.height = `${.8 * svg.getBoundingClientRect().height}px`
  }

  async play() {
    if (Number(this.slider.value) >= this.moments.length - 1) this.slider.value = 0
    this.button.textContent = "Pause"
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
    this.button.textContent = "Play"
  }
}
