// The images of a class side by side: a click or the keyboard asks about one.

/** Asks about the image of a montage that was clicked. */
export function askMontage(montage, event, ask) {
  const columns = Number(montage.dataset.columns)
  const box = montage.getBoundingClientRect()
  const at = (place, length) => Math.min(columns - 1, Math.floor(place / length * columns))
  askAt(montage, at(event.clientY - box.top, box.height) * columns + at(event.clientX - box.left, box.width), ask)
}

function askAt(montage, place, ask) {
  const index = montage.dataset.indices.split(" ")[place]
  if (index) ask({ part: montage.dataset.part, index })
}

/** Keyboard control of a montage: arrow keys choose a photo, Enter asks about it. */
export function listenToKeys(ask) {
  document.addEventListener("keydown", event => {
    const montage = event.target.closest?.(".montage")
    if (!montage) return
    const [columns, count] = [Number(montage.dataset.columns), montage.dataset.indices.split(" ").length]
    const now = Number(montage.dataset.place ?? -1)
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key]
    if (by) {
      const next = now < 0 ? 0 : now + by
      if (next >= 0 && next < count) point(montage, next, columns)
    } else if (event.key === "Enter" || event.key === " ") {
      askAt(montage, Math.max(0, now), ask)
    } else return
    event.preventDefault()
  })
}

/** Frames a photo of a montage. */
function point(montage, place, columns) {
  montage.dataset.place = place
  const mark = montage.querySelector("i")
  mark.hidden = false
  const share = 100 / columns
  Object.assign(mark.style, {
    left: `${place % columns * share}%`, top: `${Math.floor(place / columns) * share}%`, width: `${share}%`, height: `${share}%`,
  })
}
