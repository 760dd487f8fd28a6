"use strict"

// Classifies images in this page as percept does. The preprocessing is that of PerceptImages and PerceptFeatures, operation by
// operation, so that its bytes are equal. Sums of the network can differ in the last digits.

const model = JSON.parse(document.getElementById("model").textContent)
const channels = model.color === "rgb" ? 3 : 1
const layers = (() => {
  const text = atob(document.getElementById("weights").textContent)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i)
  const numbers = new Float64Array(bytes.buffer)
  let position = 0
  const next = count => numbers.subarray(position, position += count)
  return model.layers.map(({ inputs, units, activation }) =>
    ({ inputs, units, activation, weights: next(inputs * units), bias: next(units) }))
})()

// MARK: - From a file to samples

// Returns the pixels of an encoded image as RGBA, upright and without color management. A canvas stores colors multiplied by
// alpha, and rounds them; over white, the result is the same.
async function decode(file) {
  const bitmap = await createImageBitmap(
    file, { imageOrientation: "from-image", colorSpaceConversion: "none", premultiplyAlpha: "none" })
  const image = read(bitmap)
  bitmap.close()
  return image
}

// Returns the pixels of a bitmap or of the current frame of a video.
function read(source) {
  const [width, height] = [source.videoWidth ?? source.width, source.videoHeight ?? source.height]
  const canvas = Object.assign(document.createElement("canvas"), { width, height })
  const context = canvas.getContext("2d", { willReadFrequently: true })
  context.drawImage(source, 0, 0)
  return { width, height, data: context.getImageData(0, 0, width, height).data }
}

// Composites pixels over white, and returns their colors or luma.
function convert({ width, height, data }) {
  const samples = new Uint8Array(width * height * channels)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = data[4 * pixel + 3]
    const over = channel => Math.floor((data[4 * pixel + channel] * alpha + 255 * (255 - alpha) + 127) / 255)
    if (channels === 3) for (let c = 0; c < 3; c++) samples[3 * pixel + c] = over(c)
    else samples[pixel] = (19595 * over(0) + 38470 * over(1) + 7471 * over(2) + 32768) >> 16
  }
  return samples
}

// MARK: - Cropping and resizing

// Rounds to the nearest whole number, and ties to the even one.
function roundToEven(value) {
  const low = Math.floor(value), part = value - low
  return part < 0.5 || (part === 0.5 && low % 2 === 0) ? low : low + 1
}

// Returns the part of an image that is used, and the part of the result that it fills.
function placement(width, height) {
  const whole = { left: 0, top: 0, width, height }
  const all = { left: 0, top: 0, width: model.width, height: model.height }
  if (model.fit === "stretch") return [whole, all]
  if (model.fit === "pad") {
    const ratio = width / height, wanted = model.width / model.height, part = { ...all }
    const limited = (side, most) => Math.min(most, Math.max(1, roundToEven(side)))
    if (ratio > wanted) part.height = limited(height / width * model.width, model.height)
    else if (ratio < wanted) part.width = limited(ratio * model.height, model.width)
    part.left = roundToEven((model.width - part.width) * 0.5)
    part.top = roundToEven((model.height - part.height) * 0.5)
    return [whole, part]
  }
  const part = { ...whole }
  const cut = (side, other, target, others) =>
    Math.min(side, Math.max(1, Math.floor((2 * other * target + others) / (2 * others))))
  if (width * model.height > height * model.width) part.width = cut(width, height, model.width, model.height)
  else part.height = cut(height, width, model.height, model.width)
  part.left = Math.floor((width - part.width) / 2)
  part.top = Math.floor((height - part.height) / 2)
  return [part, all]
}

// Returns the old pixels that contribute to each new pixel, and their weights in fixed point with 22 fractional bits.
function taps(length, count) {
  const scale = length / count, support = Math.max(scale, 1)
  return Array.from({ length: count }, (_, i) => {
    const center = (i + 0.5) * scale
    const start = Math.max(0, Math.trunc(center - support + 0.5))
    const end = Math.min(length, Math.trunc(center + support + 0.5))
    const triangle = []
    let total = 0
    for (let j = start; j < end; j++) {
      triangle.push(Math.max(0, 1 - Math.abs((j - center + 0.5) * (1 / support))))
      total += triangle.at(-1)
    }
    return { start, weights: Int32Array.from(triangle, w => Math.trunc(0.5 + (total === 0 ? w : w / total) * 4194304)) }
  })
}

// Resizes lines of `samples`: line l begins at l * stride, and its pixels are `step` samples apart.
function resample(samples, lines, stride, step, offset, length, count, result, target, targetStride, targetStep) {
  taps(length, count).forEach(({ start, weights }, i) => {
    for (let line = 0; line < lines; line++) {
      let sum = 2097152, source = offset + line * stride + start * step
      for (let j = 0; j < weights.length; j++, source += step) sum += weights[j] * samples[source]
      result[target + line * targetStride + i * targetStep] = Math.min(sum >> 22, 255)
    }
  })
}

// Returns the samples that the model sees: width x height x channels.
function prepare({ width, height, data }) {
  const samples = convert({ width, height, data })
  const [source, target] = placement(width, height)
  let [rows, stride, start] = [samples, width * channels, (source.top * width + source.left) * channels]
  if (source.width !== target.width) {
    const between = new Uint8Array(source.height * target.width * channels)
    for (let c = 0; c < channels; c++) {
      resample(rows, source.height, stride, channels, start + c, source.width, target.width,
        between, c, target.width * channels, channels)
    }
    [rows, stride, start] = [between, target.width * channels, 0]
  }
  const result = new Uint8Array(model.width * model.height * channels)
  const [first, resultStride] = [(target.top * model.width + target.left) * channels, model.width * channels]
  if (source.height !== target.height) {
    // The lines are columns of samples.
    resample(rows, target.width * channels, 1, stride, start, source.height, target.height,
      result, first, 1, resultStride)
  } else {
    for (let y = 0; y < target.height; y++) {
      const row = rows.subarray(start + y * stride, start + y * stride + target.width * channels)
      result.set(row, first + y * resultStride)
    }
  }
  return result
}

// MARK: - Features

const cells = { width: Math.max(Math.floor(model.width / 8), 1), height: Math.max(Math.floor(model.height / 8), 1) }
const blocks = { width: cells.width - 1, height: cells.height - 1 }
const toByte = value => Math.trunc(Math.min(Math.max(value * 255 + 0.5, 0), 255))

// Returns sqrt(a² + b²) as the C library computes it. Math.hypot can depend on the order of its arguments.
function hypotenuse(a, b) {
  const [x, y] = [Math.max(Math.abs(a), Math.abs(b)), Math.min(Math.abs(a), Math.abs(b))]
  if (y <= x * 2 ** -54) return x + y
  const h = Math.sqrt(x * x + y * y)
  let first, second
  if (h <= 2 * y) {
    const delta = h - y
    first = x * (2 * delta - x)
    second = (delta - 2 * (x - y)) * delta
  } else {
    const delta = h - x
    first = 2 * delta * (x - 2 * y)
    second = (4 * delta - y) * y + delta * delta
  }
  return h - (first + second) / (2 * h)
}

// Returns the sums of the magnitudes of each of 9 orientations in each cell of 8 x 8 pixels.
function orientations(samples) {
  const sums = new Float64Array(cells.width * cells.height * 9), row = model.width * channels
  for (let y = 0; y < cells.height * 8; y++) {
    for (let x = 0; x < cells.width * 8; x++) {
      let right = 0, down = 0, magnitude = 0
      for (let c = 0; c < channels; c++) {
        const here = (y * model.width + x) * channels + c
        const root = offset => Math.sqrt(samples[here + offset])
        const dx = x > 0 && x < model.width - 1 ? root(channels) - root(-channels) : 0
        const dy = y > 0 && y < model.height - 1 ? root(row) - root(-row) : 0
        const length = hypotenuse(dx, dy)
        if (length > magnitude) [right, down, magnitude] = [dx, dy, length]
      }
      if (magnitude === 0) continue
      const degrees = Math.atan2(down, right) * (180 / Math.PI)
      const index = Math.min(Math.trunc((degrees < 0 ? degrees + 180 : degrees) / 20), 9) % 9
      sums[((y >> 3) * cells.width + (x >> 3)) * 9 + index] += magnitude
    }
  }
  return sums
}

function normalize(block, smallest) {
  let square = smallest * smallest
  for (const value of block) square += value * value
  const norm = Math.sqrt(square)
  return block.map(value => value / norm)
}

// Returns the histograms of oriented gradients, and the color histograms of the quadrants.
function hog(samples) {
  const features = [], sums = orientations(samples)
  for (let row = 0; row < blocks.height; row++) {
    for (let column = 0; column < blocks.width; column++) {
      const block = []
      for (let cell = 0; cell < 4; cell++) {
        const start = ((row + (cell >> 1)) * cells.width + column + cell % 2) * 9
        block.push(...sums.subarray(start, start + 9))
      }
      const clipped = normalize(block, 1e-5 * 64).map(value => Math.min(value, 0.2))
      features.push(...normalize(clipped, 1e-5).map(toByte))
    }
  }
  if (channels === 3) for (let quadrant = 0; quadrant < 4; quadrant++) features.push(...colors(samples, quadrant))
  return features
}

function colors(samples, quadrant) {
  const counts = new Float64Array(64), [middle, center] = [model.width >> 1, model.height >> 1]
  const [left, right] = quadrant % 2 ? [middle, model.width] : [0, middle]
  const [top, bottom] = quadrant >> 1 ? [center, model.height] : [0, center]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const pixel = 3 * (y * model.width + x)
      counts[(samples[pixel] >> 6) * 16 + (samples[pixel + 1] >> 6) * 4 + (samples[pixel + 2] >> 6)] += 1
    }
  }
  const total = (right - left) * (bottom - top)
  return Array.from(counts, count => toByte(Math.sqrt(count / total)))
}

const featuresOf = samples => model.features === "hog" ? hog(samples) : samples

// MARK: - The network

const sigmoid = z => z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z))
const activations = {
  relu: z => z > 0 ? z : 0,
  tanh: Math.tanh,
  sigmoid,
  "leaky-relu": z => z > 0 ? z : 0.01 * z,
}
// The derivatives, computed from the activation a.
const derivatives = {
  relu: a => a > 0 ? 1 : 0,
  tanh: a => 1 - a * a,
  sigmoid: a => a * (1 - a),
  "leaky-relu": a => a > 0 ? 1 : 0.01,
}

function product({ weights, inputs, units }, values) {
  const sums = new Float64Array(units)
  for (let unit = 0, k = 0; unit < units; unit++) {
    let sum = 0
    for (let j = 0; j < inputs; j++, k++) sum += weights[k] * values[j]
    sums[unit] = sum
  }
  return sums
}

// Returns the sums of the gradient over the units of a layer, for each of its inputs.
function transposed({ weights, inputs, units }, gradient) {
  const sums = new Float64Array(inputs)
  for (let unit = 0, k = 0; unit < units; unit++) {
    for (let j = 0; j < inputs; j++, k++) sums[j] += gradient[unit] * weights[k]
  }
  return sums
}

// Returns the values W·x + b of the first layer for features.
const first = features => product(layers[0], features).map((sum, unit) => layers[0].bias[unit] + sum / 255)

// Returns the logits from the values of the first layer.
function logitsFrom(values) {
  let z = values
  for (let k = 1; k < layers.length; k++) {
    z = product(layers[k], z.map(activations[layers[k - 1].activation])).map((sum, unit) => layers[k].bias[unit] + sum)
  }
  return z
}

function probabilitiesOf(logits) {
  const z = Array.from(logits, value => value / model.temperature)
  if (z.length === 1) return [sigmoid(-z[0]), sigmoid(z[0])]
  const largest = Math.max(...z), powers = z.map(value => Math.exp(value - largest))
  const total = powers.reduce((sum, power) => sum + power, 0)
  return powers.map(power => power / total)
}

// MARK: - Attributions

// Returns the gradient of the logits, weighted by factors, with respect to the values of the first layer.
function gradientAt(values, factors) {
  const outputs = []
  let z = values
  for (let k = 1; k < layers.length; k++) {
    const a = z.map(activations[layers[k - 1].activation])
    outputs.push(a)
    z = product(layers[k], a).map((sum, unit) => layers[k].bias[unit] + sum)
  }
  let gradient = Float64Array.from(factors)
  for (let k = outputs.length - 1; k >= 0; k--) {
    const derivative = derivatives[layers[k].activation]
    gradient = transposed(layers[k + 1], gradient).map((sum, unit) => sum * derivative(outputs[k][unit]))
  }
  return gradient
}

// Returns the mean gradient between two values of the first layer (integrated gradients). See PathGradient.swift.
function meanGradient(from, to, factors) {
  if (layers.length === 1) return factors
  const point = t => from.map((value, unit) => value + t * (to[unit] - value))
  const combination = t => logitsFrom(point(t)).reduce((sum, z, index) => sum + factors[index] * z, 0)
  const nodes = [[0.5 - Math.sqrt(0.15), 5 / 18], [0.5, 8 / 18], [0.5 + Math.sqrt(0.15), 5 / 18]]
  const values = Array.from({ length: 17 }, (_, index) => combination(index / 16))
  const tolerance = 1e-5 * (1 + Math.abs(values[16] - values[0]))
  let steps = Array.from({ length: 16 }, (_, index) => [index / 16, (index + 1) / 16, values[index], values[index + 1]])
  let points = 0
  const mean = new Float64Array(from.length)
  while (steps.length) {
    const halves = []
    for (const [start, end, low, high] of steps) {
      const part = new Float64Array(from.length), length = end - start
      for (const [position, weight] of nodes) {
        gradientAt(point(start + position * length), factors)
          .forEach((value, unit) => { part[unit] += weight * length * value })
      }
      points += nodes.length
      const change = part.reduce((sum, value, unit) => sum + value * (to[unit] - from[unit]), 0)
      if (points >= 3000 || Math.abs(change - (high - low)) <= tolerance) {
        part.forEach((value, unit) => { mean[unit] += value })
      } else {
        const middle = start + length / 2, between = combination(middle)
        halves.push([start, middle, low, between], [middle, end, between, high])
      }
    }
    steps = halves
  }
  return mean
}

// Returns what each position adds to the logit of a class.
function attributions(features, label) {
  const factors = model.classNames.length === 2
    ? [label === 1 ? 1 : -1] : model.classNames.map((_, index) => index === label ? 1 : 0)
  const slope = transposed(layers[0], meanGradient(first(new Uint8Array(layers[0].inputs)), first(features), factors))
  const added = slope.map((weight, index) => weight * (features[index] / 255))
  if (model.features !== "hog") {
    const map = new Float64Array(model.width * model.height)
    added.forEach((value, index) => { map[Math.floor(index / channels)] += value })
    return { width: model.width, height: model.height, map }
  }
  return { ...cells, map: cellSums(added) }
}

// Divides the values of HOG features among the cells: those of edges belong to a cell, those of colors to a quadrant.
function cellSums(added) {
  const map = new Float64Array(cells.width * cells.height), edges = blocks.width * blocks.height * 36
  added.forEach((value, index) => {
    if (index < edges) {
      const block = Math.floor(index / 36), cell = Math.floor(index / 9) % 4
      const row = Math.floor(block / blocks.width) + (cell >> 1), column = block % blocks.width + cell % 2
      map[row * cells.width + column] += value
    } else {
      const quadrant = Math.floor((index - edges) / 64), places = quadrantCells(quadrant)
      for (const place of places) map[place] += value / places.length
    }
  })
  return map
}

function quadrantCells(quadrant) {
  return Array.from({ length: cells.width * cells.height }, (_, cell) => cell).filter(cell =>
    (2 * Math.floor(cell / cells.width) + 1 > cells.height) === (quadrant >> 1 === 1) &&
    (2 * (cell % cells.width) + 1 > cells.width) === (quadrant % 2 === 1))
}

// MARK: - The page

const of = id => document.getElementById(id)
const percent = number => (100 * number).toFixed(1) + " %"
let shown, chosen, warning = ""

// Classifies pixels. The result has everything that is displayed.
function classify(pixels) {
  const samples = prepare(pixels), features = featuresOf(samples)
  const probabilities = probabilitiesOf(logitsFrom(first(features)))
  const label = probabilities.reduce((best, probability, index) => probability > probabilities[best] ? index : best, 0)
  return { samples, features, probabilities, label }
}

function display(result) {
  shown = result
  of("result").hidden = false
  of("answer").textContent = `${model.classNames[result.label]}, ${percent(result.probabilities[result.label])}`
  drawSamples(of("seen"), result.samples)
  displayClasses()
  displayMap(chosen ?? result.label)
}

function displayClasses() {
  const order = model.classNames.map((_, index) => index)
  if (order.length > 10) order.sort((a, b) => shown.probabilities[b] - shown.probabilities[a])
  const rows = of("classes").children
  order.forEach((label, place) => {
    const probability = shown.probabilities[label], button = rows[place].firstElementChild
    button.value = label
    button.dataset.probability = probability
    const [name, bar, number] = button.children
    name.textContent = model.classNames[label]
    bar.firstElementChild.style.width = 100 * probability + "%"
    number.textContent = percent(probability)
  })
}

function displayMap(label) {
  for (const { firstElementChild: button } of of("classes").children) {
    button.setAttribute("aria-pressed", Number(button.value) === label)
  }
  of("why").textContent = model.classNames[label]
  drawMap(of("map"), shown.samples, attributions(shown.features, label))
}

const gray = (samples, pixel) => channels === 1 ? samples[pixel]
  : (19595 * samples[3 * pixel] + 38470 * samples[3 * pixel + 1] + 7471 * samples[3 * pixel + 2] + 32768) >> 16

function draw(canvas, color) {
  Object.assign(canvas, { width: model.width, height: model.height })
  const image = new ImageData(model.width, model.height)
  for (let pixel = 0; pixel < model.width * model.height; pixel++) image.data.set([...color(pixel), 255], 4 * pixel)
  canvas.getContext("2d").putImageData(image, 0, 0)
}

const drawSamples = (canvas, samples) => draw(canvas, pixel => channels === 1
  ? [samples[pixel], samples[pixel], samples[pixel]] : samples.subarray(3 * pixel, 3 * pixel + 3))

// Draws a map over a dimmed gray copy of the image: red for the class, blue against it.
function drawMap(canvas, samples, attributions) {
  const limit = attributions.map.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const values = enlarged(attributions)
  draw(canvas, pixel => {
    const share = limit > 0 ? values[pixel] / limit : 0, base = 30 + 0.6 * gray(samples, pixel)
    const opacity = 0.85 * Math.min(Math.abs(share), 1)
    return (share < 0 ? [40, 105, 235] : [235, 60, 30]).map(level => Math.round(base + (level - base) * opacity))
  })
}

// Interpolates a map with cubic convolution between the centers of its positions.
function enlarged({ width, height, map }) {
  const cubic = (count, target) => Array.from({ length: target }, (_, place) => {
    const position = (place + 0.5) * count / target - 0.5, start = Math.floor(position), t = position - start
    const weights = [((2 - t) * t - 1) * t / 2, ((3 * t - 5) * t * t + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2]
    return weights.map((weight, k) => [Math.min(Math.max(start - 1 + k, 0), count - 1), weight])
  })
  const [across, down] = [cubic(width, model.width), cubic(height, model.height)]
  const result = new Float64Array(model.width * model.height)
  down.forEach((rows, y) => across.forEach((columns, x) => {
    for (const [row, a] of rows) for (const [column, b] of columns) result[y * model.width + x] += a * b * map[row * width + column]
  }))
  return result
}

// Shows an error, or hides the last one. A warning stays.
function complain(text) {
  of("fault").textContent = [warning, text].filter(Boolean).join(" ")
  of("fault").hidden = !of("fault").textContent
}

// MARK: - Files and the camera

async function openFile(file) {
  stopCamera()
  complain("")
  let pixels
  try {
    pixels = await decode(file)
  } catch {
    return complain(`${file.name || "The file"} is not an image that this browser can decode.`)
  }
  chosen = undefined
  display(classify(pixels))
}

let stream

async function startCamera() {
  complain("")
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } })
  } catch (error) {
    return complain(`The camera cannot be used: ${error.message}`)
  }
  const video = Object.assign(document.createElement("video"), { srcObject: stream, muted: true, playsInline: true })
  await video.play()
  of("camera").textContent = "Stop the camera"
  chosen = undefined
  const own = stream
  const look = () => {
    if (stream !== own) return
    if (video.videoWidth) display(classify(read(video)))
    setTimeout(look, 150)
  }
  look()
}

function stopCamera() {
  stream?.getTracks().forEach(track => track.stop())
  stream = undefined
  of("camera").textContent = "Use the camera"
}

// MARK: - Verification

// Compares the answers to test images with those of percept, and returns what differs; empty if all is equal.
async function verify() {
  for (const { png, probabilities, label, evidence } of model.tests) {
    const bytes = Uint8Array.from(atob(png), character => character.charCodeAt(0))
    const result = classify(await decode(new Blob([bytes], { type: "image/png" })))
    const difference = Math.max(...probabilities.map((value, index) => Math.abs(value - result.probabilities[index])))
    if (!(difference <= 1e-9)) return `a probability differs by ${difference.toExponential(1)}`
    const map = attributions(result.features, label).map
    const found = [1, -1].map(sign => map.reduce((sum, value) => sum + Math.max(sign * value, 0), 0))
    const error = Math.max(...evidence.map((value, index) => Math.abs(value - found[index]) / (1 + value)))
    // With hidden layers, the precision of the map is that of an integral.
    if (!(error <= (layers.length > 1 ? 1e-4 : 1e-9))) return `the map differs by ${error.toExponential(1)}`
  }
  return ""
}

async function start() {
  let problem
  try {
    problem = await verify()
  } catch (error) {
    problem = error.message
  }
  document.body.dataset.verified = !problem
  if (problem) {
    warning = `This browser computes other answers than percept (${problem}). Do not rely on them; use another browser.`
    complain("")
  } else {
    of("verified").hidden = false
  }
  of("file").addEventListener("change", event => { if (event.target.files[0]) openFile(event.target.files[0]) })
  of("camera").hidden = !navigator.mediaDevices
  of("camera").addEventListener("click", () => stream ? stopCamera() : startCamera())
  addEventListener("paste", event => { if (event.clipboardData.files[0]) openFile(event.clipboardData.files[0]) })
  addEventListener("dragover", event => event.preventDefault())
  addEventListener("drop", event => {
    event.preventDefault()
    if (event.dataTransfer.files[0]) openFile(event.dataTransfer.files[0])
  })
  for (const _ of model.classNames) of("classes").append(of("row").content.cloneNode(true))
  of("classes").addEventListener("click", event => {
    const button = event.target.closest("button")
    if (button) displayMap(chosen = Number(button.value))
  })
}

start()
