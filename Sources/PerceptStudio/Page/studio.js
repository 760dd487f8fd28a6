// The studio's page: every touch of a setting trains the neuron anew on the server, and what comes back takes its place.
import { Asker, latest } from "./ask.js"
import { Scrubber } from "./weights.js"

const of = id => document.getElementById(id)
const settings = of("settings")
const controls = settings.elements
const steps = JSON.parse(settings.dataset.steps)  // the numbers that sliders stand for, by their names

let trained = null   // the query of the neuron that is shown
let underway = null  // the training that is awaited: {source, run, began}
let wanted = false   // whether something was touched since
let stopped = null   // after Stop, what the place of the iterations' slider stands for: {position, count}

/** The number that a slider stands for. */
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
  return new URLSearchParams(words).toString()
}

/** Writes beside every slider what it stands for. */
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

/** Trains with the settings as they are; while one training is short, the next waits for it, and a long one is given up. */
function learn() {
  label()
  if (underway) {
    wanted = true
    if (performance.now() - underway.began > 150) end()
    return
  }
  wanted = false
  const run = crypto.randomUUID()
  const now = query()
  const source = new EventSource(`train?${now}&run=${run}`)
  underway = { source, run, began: performance.now() }
  source.addEventListener("progress", event => progress(JSON.parse(event.data)))
  source.addEventListener("done", event => { end(); done(JSON.parse(event.data), now) })
  source.addEventListener("failed", event => { end(); fault(JSON.parse(event.data).failed) })
  source.onerror = () => { end(); fault("The studio does not answer; is it still running?") }
}

/** Ends the wait for a training, and begins the next where one is wanted. */
function end() {
  underway?.source.close()
  underway = null
  of("busy").hidden = true
  if (wanted) queueMicrotask(learn)
}

function progress(event) {
  of("busy").hidden = performance.now() - underway.began < 200  // no bar that only flashes
  of("progress").value = event.progress
  of("strip").innerHTML = event.html.strip
  drawCurve(event.html.watch)
  if (wanted) end()
}

function done(event, asked) {
  const { look, recipe, keep, watch, ...small } = event.html
  for (const [id, html] of Object.entries(small)) of(id).innerHTML = html
  drawCurve(watch)
  if (of("look").dataset.pictures !== event.settings.pictures) {
    of("look").innerHTML = look
    of("look").dataset.pictures = event.settings.pictures
  }
  trained = event.settings.query
  fault("")
  mark(event)
  of("bar-film").replaceChildren(of("strip").querySelector(".film").cloneNode())
  scrubber.set(event.moments)
  requestAnimationFrame(() => { document.body.dataset.trained = asked })
  clearTimeout(done.later)
  done.later = setTimeout(rest, 200, recipe, keep)
}

function drawCurve(html) {
  of("watch").querySelector("figure")?.remove()
  of("watch").insertAdjacentHTML("afterbegin", html)
}

/** What can wait until the hand rests. */
async function rest(recipe, keep) {
  of("recipe").innerHTML = recipe
  of("keep").innerHTML = keep
  of("said").textContent = of("result").textContent
  history.replaceState(null, "", "?" + trained)
  const cell = document.querySelector(".cell")
  await Promise.all([
    of("photos").dataset.cell ? photos(JSON.parse(of("photos").dataset.cell)) : null,
    asker.asked ? asker.again() : asker.askPhoto(cell.dataset.part, 0, false),
    race(),
    simpler(),
  ])
  document.body.dataset.rested = trained
}

/** Sets what the training has chosen, and where the largest stable rate is. */
function mark(event) {
  if (controls.auto.checked) controls.rate.value = Math.log10(Number(event.settings.rate))
  const count = Number(event.settings.iterations)
  // It was stopped; unless the hand has moved on since.
  if (!wanted && count !== value("iterations")) {
    stopped = { count, position: Math.max(0, steps.iterations.findLastIndex(step => step <= count)) }
    controls.iterations.value = stopped.position
  }
  label()
  if (controls.auto.checked) of("rate-value").textContent = Number(Number(event.settings.rate).toPrecision(3))
  const [low, high] = [Number(controls.rate.min), Number(controls.rate.max)]
  const place = event.stable ? (Math.log10(event.stable) - low) / (high - low) : -1
  of("stable").hidden = of("stable-words").hidden = !(place >= 0 && place <= 1)
  // The middle of the thumb never reaches the ends of the track.
  of("stable").style.left = `calc(${place} * (100% - 16px) + 7px)`
  of("stable-number").textContent = event.stable?.toPrecision(3)
}

function fault(words) { of("fault").textContent = words ? words[0].toUpperCase() + words.slice(1) : "" }

const photos = latest(async cell => {
  of("photos").dataset.cell = JSON.stringify(cell)
  for (const button of document.querySelectorAll(".cell")) {
    button.setAttribute("aria-pressed", ["part", "label", "answer"].every(key => button.dataset[key] === cell[key]))
  }
  const answer = await (await fetch(`photos?${trained}&${new URLSearchParams(cell)}`)).json()
  of("photos").innerHTML = answer.html ?? ""
}, fault)

/** What something simpler gets right, for those who want to know. */
const simpler = latest(async () => {
  if (!of("shortcuts").open) return
  const answer = await (await fetch(`shortcuts?${trained}`)).json()
  of("simpler").innerHTML = answer.html ?? ""
  if (answer.error) of("simpler").textContent = answer.error
}, fault)

/** Trains at the other rates that are ticked. */
const race = latest(async () => {
  const factors = [...document.querySelectorAll("#racers [aria-pressed=true]")].map(button => Number(button.dataset.factor))
  if (!factors.length) return of("race").replaceChildren()
  const rate = controls.auto.checked ? Number(of("rate-value").textContent) : value("rate")
  const rates = [...factors, 1].sort((a, b) => a - b).map(factor => Number((rate * factor).toPrecision(2)))
  const waiting = setTimeout(() => { of("race").textContent = "Racing …" }, 400)
  const answer = await (await fetch(`race?${trained}&rates=${rates}`)).json()
  clearTimeout(waiting)
  if (answer.html) of("race").innerHTML = answer.html
  else of("race").textContent = answer.error
  await scrubber.seek()
}, fault)

const scrubber = new Scrubber(of("scrubber"), of("play"), of("moment"), of("now"))
const asker = new Asker(() => trained ?? query(), fault)

settings.oninput = event => {
  if (event.target === controls.rate) controls.auto.checked = false
  if (event.target === controls.iterations) stopped = null
  // Adam is another rule, for which a neuron's rate means nothing.
  if (event.target === controls.hidden && controls.hidden.value) controls.auto.checked = true
  learn()
}
of("shortcuts").ontoggle = () => { if (trained) simpler() }
settings.onsubmit = event => event.preventDefault()
of("stop").onclick = () => { if (underway) fetch(`stop?run=${underway.run}`, { method: "POST" }) }
of("racers").onclick = event => {
  const button = event.target.closest("button")
  if (!button) return
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true")
  race()
}
document.addEventListener("click", event => {
  const target = event.target.closest(".cell, .photo, .montage")
  if (target?.matches(".cell")) photos({ part: target.dataset.part, label: target.dataset.label, answer: target.dataset.answer })
  if (target?.matches(".photo")) asker.askPhoto(target.dataset.part, target.dataset.index)
  if (target?.matches(".montage")) askMontage(target, event)
})

/** Which picture of a montage was hit. */
function askMontage(montage, event) {
  const columns = Number(montage.dataset.columns)
  const box = montage.getBoundingClientRect()
  const column = Math.min(columns - 1, Math.floor((event.clientX - box.left) / box.width * columns))
  const row = Math.min(columns - 1, Math.floor((event.clientY - box.top) / box.height * columns))
  const index = montage.dataset.indices.split(" ")[row * columns + column]
  if (index) asker.askPhoto(montage.dataset.part, index)
}

addEventListener("resize", () => scrubber.tell())
label()
learn()
