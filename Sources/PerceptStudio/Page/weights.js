// The weights over the iterations: every element .film holds its last picture, and fetches all of them when they are wanted.

/** The iterations of the films that were fetched. */
const shots = new WeakMap()

/** Shows the picture of a film that was taken last before or at an iteration. */
function show(film, iteration) {
  const iterations = shots.get(film)
  let frame = iterations.findLastIndex(moment => moment <= iteration)
  if (frame < 0) frame = 0
  film.style.backgroundSize = `100% ${100 * iterations.length}%`
  film.style.backgroundPosition = `0 ${iterations.length > 1 ? 100 * frame / (iterations.length - 1) : 0}%`
}

/** The pictures of a film, fetched once. */
async function load(film) {
  if (shots.has(film)) return
  const picture = new Image()
  picture.src = film.dataset.film
  await picture.decode()
  shots.set(film, film.dataset.iterations.split(" ").map(Number))
  film.style.backgroundImage = `url("${film.dataset.film}")`
}

/** The scrubber: one for all films on the page. */
export class Scrubber {
  constructor(slider, button, words, line) {
    Object.assign(this, { slider, button, words, line, moments: [], timer: null })
    slider.oninput = () => { this.pause(); this.seek() }
    button.onclick = () => this.timer ? this.pause() : this.play()
  }

  /** Other moments, after a training: `{iteration, words, place}` of each. */
  set(moments) {
    this.pause()
    this.moments = moments
    this.slider.max = moments.length - 1
    this.slider.value = moments.length - 1
    this.tell()
  }

  get moment() { return this.moments[Number(this.slider.value)] }

  get films() { return [...document.querySelectorAll(".film[data-film]")] }

  /** Brings every film to where the slider is. */
  async seek() {
    this.tell()
    const films = this.films
    await Promise.allSettled(films.map(load))
    const moment = this.moment
    if (moment) for (const film of films) if (shots.has(film)) show(film, moment.iteration)
  }

  tell() {
    const moment = this.moment
    if (!moment) return
    this.words.textContent = moment.words[0].toUpperCase() + moment.words.slice(1) + "."
    this.slider.setAttribute("aria-valuetext", moment.words)
    const svg = document.querySelector("#watch svg")
    this.line.hidden = !svg || moment.iteration < 0
    this.line.style.left = `${100 * moment.place}%`
    // The axis stands a fifth above the drawing's lower edge.
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
