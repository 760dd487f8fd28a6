// The photo of the workbench, with its probabilities at the iteration that is shown.

const of = id => document.getElementById(id)
const percent = number => (100 * number).toFixed(1) + " %"
const most = 3  // the number of classes shown

export class ShownPhoto {
  /** @param classes the names of the classes; @param change is called with another photo to show: {part, index}. */
  constructor(classes, change) {
    Object.assign(this, { classes, change, shown: null, frame: null, own: null })
    of("shown-previous").onclick = () => this.step(-1)
    of("shown-next").onclick = () => this.step(1)
  }

  /** The photo as in the query of a training. */
  get query() { return this.shown ? `${this.shown.part}-${this.shown.index}` : "" }

  /** Shows the first photo after the next training. */
  forget() { this.shown = null }

  /** Shows another photo of the dataset. */
  choose(shown) {
    this.own = null
    this.set(shown)
  }

  /** Shows the photo of a finished training. */
  set(shown, smooth = this.smooth) {
    Object.assign(this, { shown, smooth })
    if (!shown || this.own) return this.tell(this.frame)
    this.draw(shown.source, smooth)
    this.tell(this.frame)
  }

  /** Shows an image that is not from the dataset, with its probabilities after the training, until the next photo is chosen. */
  setOwn(source, probabilities, name) {
    this.own = { probabilities, name }
    this.draw(source, false)
    this.tell(this.frame)
  }

  draw(source, smooth) {
    const image = of("shown")
    if (image.getAttribute("src") !== source) image.src = source
    image.classList.toggle("smooth", Boolean(smooth))
    image.hidden = false
  }

  step(by) {
    if (!this.shown) return
    const { part, index, count } = this.shown
    this.change({ part, index: (index + by + count) % count })
  }

  /** Shows the probabilities at a frame. Frames without results show those of the last one before. */
  tell(frame) {
    this.frame = frame
    const { shown, own } = this
    if (!shown) return
    const moments = shown.moments
    const isLast = frame == null || frame >= moments.length - 1
    const probabilities = own ? own.probabilities
      : isLast ? shown.probabilities : moments.slice(0, frame + 1).findLast(Boolean) ?? shown.probabilities
    const order = probabilities.map((_, index) => index).sort((a, b) => probabilities[b] - probabilities[a])
    const chosen = this.classes.length === 2 ? [0, 1] : order.slice(0, most)
    if (!own && !chosen.includes(shown.label)) chosen[chosen.length - 1] = shown.label
    const isAfter = own || !moments.some(Boolean)
    const name = own ? own.name : `${shown.part === "train" ? "Training" : shown.part === "val" ? "Validation" : "Test"} photo ${shown.file}`
    const answer = this.classes[order[0]]
    const truth = own ? "" : order[0] === shown.label ? ", correct" : `, wrong: it is ${this.classes[shown.label]}`
    of("shown-words").textContent = `${name}: ${answer}${truth}${isAfter ? " (after the training)" : ""}`
    of("shown").alt = `${name}. Ask about it.`
    of("shown-bars").replaceChildren(...chosen.flatMap(index => {
      const [label, meter, number] = ["span", "meter", "b"].map(tag => document.createElement(tag))
      label.textContent = label.title = this.classes[index]
      label.classList.toggle("label", !own && index === shown.label)
      meter.value = probabilities[index]
      meter.setAttribute("aria-label", this.classes[index])
      number.textContent = percent(probabilities[index])
      return [label, meter, number]
    }))
  }
}
