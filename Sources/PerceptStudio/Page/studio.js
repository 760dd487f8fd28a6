// The studio's page. Every change of a setting trains on the server; the response replaces sections of the page.
import { Asker, latest } from "./ask.js"
import { Scrubber } from "./weights.js"

const of = id => document.getElementById(id)
const settings = of("settings")
const controls = settings.elements
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
  return new URLSearchParams(words).toString() + settings.dataset.others
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
  const source = new EventSource(`train?${now}&run=${run}`)
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
  if (isPending) end()
}

function done(event, asked) {
  const { look, influence, keep, watch, ...small } = event.html
  for (const [id, html] of Object.entries(small)) of(id).innerHTML = html
  drawCurve(watch)
  if (of("look").dataset.preprocessing !== event.settings.preprocessing) {
    of("look").innerHTML = look
    of("look").dataset.preprocessing = event.settings.preprocessing
  }
  trained = event.settings.query
  showError("")
  mark(event)
  of("bar-weights").replaceChildren(of("strip").querySelector(".weights").cloneNode())
  scrubber.set(event.moments)
  requestAnimationFrame(() => { document.body.dataset.trained = asked })
  clearTimeout(done.later)
  done.later = setTimeout(rest, 200, influence, keep)
}

function drawCurve(html) {
  of("watch").querySelector("figure")?.remove()
  of("watch").insertAdjacentHTML("afterbegin", html)
}

/** Updates the sections that can wait until no setting has changed for a moment. */
async function rest(influence, keep) {
  of("influence").innerHTML = influence
  of("keep").innerHTML = keep
  of("announcement").textContent = of("result").textContent
  history.replaceState(null, "", "?" + trained)
  const cell = document.querySelector(".cell")
  await Promise.all([
    of("photos").dataset.cell ? photos(JSON.parse(of("photos").dataset.cell)) : null,
    asker.asked ? asker.again() : asker.askPhoto(cell.dataset.part, 0, false),
    compare(),
    simpler(),
  ])
  document.body.dataset.rested = trained
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

const scrubber = new Scrubber(of("scrubber"), of("play"), of("moment"), of("now"))
const asker = new Asker(() => trained ?? query(), showError)

settings.oninput = event => {
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
  const target = event.target.closest(".cell, .photo, .montage")
  if (target?.matches(".cell")) photos({ part: target.dataset.part, label: target.dataset.label, answer: target.dataset.answer })
  if (target?.matches(".photo")) asker.askPhoto(target.dataset.part, target.dataset.index)
  if (target?.matches(".montage")) askMontage(target, event)
})

/** Asks about the image of a montage that was clicked. */
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
train()
