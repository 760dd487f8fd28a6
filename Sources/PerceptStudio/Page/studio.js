// The studio's page. Every change of a setting trains on the server; the response replaces sections of the page.
import { Asker, latest } from "./ask.js"
import { addCopyButtons } from "./copy.js"
import { Corrector } from "./correct.js"
import { listenToMeasure, showFeatures } from "./features.js"
import { askMontage, listenToKeys } from "./montage.js"
import { ShownPhoto } from "./photo.js"
import { Tour } from "./tour.js"
import { Scrubber } from "./weights.js"

const of = id => document.getElementById(id)
const settings = of("settings")
const controls = settings.elements
const classes = JSON.parse(settings.dataset.classes)
const steps = JSON.parse(settings.dataset.steps)  // the values of the slider positions, by slider name

let trained = null     // the query of the model that is shown
let current = null     // the training in progress: {source, run, began}
let isPending = false  // whether a setting has changed since the training in progress began
let stopped = null     // after Stop: the slider position and the number of iterations it stands for, {position, count}

/** The value of a slider. */
function value(name) {
  const position = Number(controls[name].value)
  if (name === "iterations" && position === stopped?.position) return stopped.count
  if (steps[name]) return steps[name][position]
  return Number((10 ** position).toPrecision(2))
}

function query() {
  const words = {
    rate: controls.auto.checked ? "auto" : value("rate"), iterations: value("iterations"), size: value("size"),
    color: controls.color.value, hidden: controls.hidden.value, l2: value("l2"),
  }
  words.features = controls.features.value
  return new URLSearchParams(words).toString() + settings.dataset.others + corrector.query
}

/** Writes the value of every slider next to it. */
function label() {
  const words = {
    rate: controls.auto.checked && !trained ? "…" : value("rate"), iterations: value("iterations"),
    size: `${value("size")} pixels`, l2: value("l2") || "none",
  }
  for (const [name, word] of Object.entries(words)) {
    of(`${name}-value`).textContent = word
    controls[name].setAttribute("aria-valuetext", word)
  }
}

/** Trains with the current settings. If a training is in progress: waits for a short one, and cancels one that takes longer. */
function train() {
  label()
  if (current) {
    isPending = true
    if (performance.now() - current.began > 150) end()
    return
  }
  isPending = false
  const run = crypto.randomUUID()
  const now = query()
  const source = new EventSource(`train?${now}&run=${run}&photo=${photo.query}`)
  current = { source, run, began: performance.now() }
  source.addEventListener("progress", event => progress(JSON.parse(event.data)))
  source.addEventListener("done", event => { end(); done(JSON.parse(event.data), now) })
  source.addEventListener("failed", event => { end(); showError(JSON.parse(event.data).failed) })
  source.onerror = () => { end(); showError("The studio does not respond. Is it still running?") }
}

/** Stops waiting for the training in progress, and starts the pending one, if any. */
function end() {
  current?.source.close()
  current = null
  of("busy").hidden = true
  if (isPending) queueMicrotask(train)
}

function progress(event) {
  of("busy").hidden = performance.now() - current.began < 200  // avoids a progress bar that only flashes
  of("progress").value = event.progress
  of("strip").innerHTML = event.html.strip
  drawCurve(event.html.watch)
  enlarge()
  if (isPending) end()
}

function done(event, asked) {
  const { look, influence, keep, watch, ...small } = event.html
  for (const [id, html] of Object.entries(small)) of(id).innerHTML = html
  drawCurve(watch)
  enlarge()
  for (const [id, words] of Object.entries(event.advice)) of(`${id}-advice`).textContent = words
  if (of("look").dataset.preprocessing !== event.settings.preprocessing) {
    of("look").innerHTML = look
    of("look").dataset.preprocessing = event.settings.preprocessing
  }
  trained = event.settings.query
  showError("")
  mark(event)
  showInBar(of("strip").querySelector(".weights"))
  photo.set(event.shown, !event.settings.pixels)
  scrubber.set(event)
  requestAnimationFrame(() => { document.body.dataset.trained = asked })
  clearTimeout(done.later)
  done.later = setTimeout(rest, 200, influence, keep)
}

/** Shows weights in the bar, as they are after the training: like the accuracies there. */
function showInBar(weights) {
  const copy = weights.cloneNode()
  delete copy.dataset.history
  copy.style.backgroundPositionY = "100%"
  of("bar-weights").replaceChildren(copy)
}

/** Enlarges the tile of the weights that was pressed, in every training. */
let enlarged = null
function enlarge() {
  for (const tile of document.querySelectorAll("#strip .tile")) {
    tile.setAttribute("aria-pressed", tile.lastChild.textContent === enlarged)
  }
}

function drawCurve(html) {
  of("watch").querySelector("figure")?.remove()
  of("watch").insertAdjacentHTML("afterbegin", html)
}

/** Updates the sections that can wait until no setting has changed for a moment. */
async function rest(influence, keep) {
  const now = trained
  of("influence").innerHTML = influence
  of("keep").innerHTML = keep
  of("announcement").textContent = of("result").textContent
  history.replaceState(null, "", "?" + trained)
  addCopyButtons()
  await Promise.all([
    of("photos").dataset.cell ? photos(JSON.parse(of("photos").dataset.cell)) : null,
    asker.asked ? asker.again() : asker.askPhoto({ part: photo.shown.part, index: photo.shown.index }, false),
    compare(),
    simpler(),
    corrector.compare(trained),
    showFeatures(photo.shown),
  ])
  if (now === trained) document.body.dataset.rested = now
}

/** Shows the settings that training has chosen, and the largest stable learning rate. */
function mark(event) {
  if (controls.auto.checked) controls.rate.value = Math.log10(Number(event.settings.rate))
  const count = Number(event.settings.iterations)
  // Training was stopped early. Keep the slider if it has moved since.
  if (!isPending && count !== value("iterations")) {
    stopped = { count, position: Math.max(0, steps.iterations.findLastIndex(step => step <= count)) }
    controls.iterations.value = stopped.position
  }
  label()
  if (controls.auto.checked) of("rate-value").textContent = Number(Number(event.settings.rate).toPrecision(3))
  const [low, high] = [Number(controls.rate.min), Number(controls.rate.max)]
  const place = event.stable ? (Math.log10(event.stable) - low) / (high - low) : -1
  of("stable").hidden = of("stable-words").hidden = !(place >= 0 && place <= 1)
  // The center of the thumb does not reach the ends of the track.
  of("stable").style.left = `calc(${place} * (100% - 16px) + 7px)`
  of("stable-number").textContent = event.stable?.toPrecision(3)
}

function showError(words) { of("error").textContent = words ? words[0].toUpperCase() + words.slice(1) : "" }

/** Shows the photos of a cell of a confusion matrix. */
const photos = latest(async cell => {
  of("photos").dataset.cell = JSON.stringify(cell)
  for (const button of document.querySelectorAll(".cell")) {
    button.setAttribute("aria-pressed", ["part", "label", "answer"].every(key => button.dataset[key] === cell[key]))
  }
  const answer = await (await fetch(`photos?${trained}&${new URLSearchParams(cell)}`)).json()
  of("photos").innerHTML = answer.html ?? ""
}, showError)

/** Shows the shortcut analysis, if its section is open. */
const simpler = latest(async () => {
  if (!of("shortcuts").open) return
  const waiting = setTimeout(() => { of("simpler").textContent = "Training on images with most of the information removed …" }, 400)
  const answer = await (await fetch(`shortcuts?${trained}`)).json()
  clearTimeout(waiting)
  of("simpler").innerHTML = answer.html ?? ""
  if (answer.error) of("simpler").textContent = answer.error
}, showError)

/** Trains at the other learning rates that are selected, and shows the comparison. */
const compare = latest(async () => {
  const pressed = [...document.querySelectorAll("#rate-factors [aria-pressed=true]")]
  const factors = pressed.map(button => Number(button.dataset.factor))
  if (!factors.length) return of("comparison").replaceChildren()
  const rate = controls.auto.checked ? Number(of("rate-value").textContent) : value("rate")
  const rates = [...factors, 1].sort((a, b) => a - b).map(factor => Number((rate * factor).toPrecision(2)))
  const waiting = setTimeout(() => { of("comparison").textContent = "Training …" }, 400)
  const answer = await (await fetch(`race?${trained}&rates=${rates}`)).json()
  clearTimeout(waiting)
  if (answer.html) of("comparison").innerHTML = answer.html
  else of("comparison").textContent = answer.error
  await scrubber.seek()
}, showError)

const corrector = new Corrector(settings, () => {
  // Photos that are left out change the places of others.
  if (asker.asked?.part != null) asker.forget()
  photo.forget()
  of("photos").replaceChildren()
  delete of("photos").dataset.cell
  train()
})
const photo = new ShownPhoto(classes, next => { choose(next); asker.askPhoto(next, false) })

/** Shows another photo of the dataset in the workbench. */
const choose = latest(async next => {
  let now, answer
  do {  // again if another training has ended meanwhile
    now = trained
    answer = await (await fetch(`shown?${now}&photo=${next.part}-${next.index}`)).json()
  } while (now !== trained)
  if (!answer.error) photo.choose(answer)
}, showError)
const scrubber = new Scrubber(
  { slider: of("scrubber"), play: of("play"), reset: of("reset"), step: of("step"), words: of("moment"), line: of("now"),
    common: of("common-scale") }, frame => photo.tell(frame))
const asker = new Asker(() => trained ?? query(), showError, (source, answer, asked, isPainted) => {
  const name = isPainted ? "Painted photo" : asked.file ? "Your photo" : asked.row != null ? "Photo of the gallery" : null
  if (name) photo.setOwn(source, classes.map(one => answer.probabilities[one]), name)
  else if (photo.own) photo.choose(photo.shown)
})

/** Asks about a photo of the page, and shows it in the workbench. */
function ask(data) {
  const asked = data.row == null ? { part: data.part, index: Number(data.index) } : { row: data.row }
  if (data.row == null) choose(asked)
  asker.askPhoto(asked)
}

listenToKeys(ask)
listenToMeasure(query, () => steps.size.filter((_, place) => Math.abs(place - Number(controls.size.value)) === 3))

const startRate = controls.rate.value
new Tour({
  scrubber,
  /** Multiplies the rate of the start; null restores it. */
  setRate(factor) {
    controls.rate.value = Number(startRate) + (factor ? Math.log10(factor) : 0)
    controls.rate.dispatchEvent(new Event("input", { bubbles: true }))
  },
  openSteps() { of("answer").querySelector("details")?.setAttribute("open", "") },
})

// One press of an arrow key changes the rate visibly; with Shift, it changes as finely as with the pointer.
controls.rate.onkeydown = event => {
  const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key]
  if (!way || event.shiftKey) return
  event.preventDefault()
  controls.rate.value = (Number(controls.rate.value) + way * .1).toFixed(2)
  controls.rate.dispatchEvent(new Event("input", { bubbles: true }))
}

settings.oninput = event => {
  // Other features have other settings, so the page opens with those that suit them.
  if (event.target.name === "features") return location.assign(`?features=${encodeURIComponent(event.target.value)}`)
  if (event.target === controls.rate) controls.auto.checked = false
  if (event.target === controls.iterations) stopped = null
  // Networks with hidden layers are trained with Adam, for which a rate of gradient descent is meaningless.
  if (event.target === controls.hidden && controls.hidden.value) controls.auto.checked = true
  train()
}
of("shortcuts").ontoggle = () => { if (trained) simpler() }
settings.onsubmit = event => event.preventDefault()
of("stop").onclick = () => { if (current) fetch(`stop?run=${current.run}`, { method: "POST" }) }
of("rate-factors").onclick = event => {
  const button = event.target.closest("button")
  if (!button) return
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true")
  compare()
}
document.addEventListener("click", event => {
  const target = event.target.closest(".cell, .photo, .montage, .tile:is(button)")
  if (target?.matches(".tile")) {
    enlarged = target.getAttribute("aria-pressed") === "true" ? null : target.lastChild.textContent
    enlarge()
    showInBar(target.querySelector(".weights"))
  }
  if (target?.matches(".cell")) photos({ part: target.dataset.part, label: target.dataset.label, answer: target.dataset.answer })
  if (target?.matches(".photo")) ask(target.dataset)
  if (target?.matches(".montage")) askMontage(target, event, ask)
})

addEventListener("resize", () => scrubber.tell())
label()
train()
