// The guided tour: the story of the article, step by step, on the page itself.

const of = id => document.getElementById(id)

/** The steps: where to look, what to read, and what happens on the page. */
const story = studio => [
  { at: "look-section", title: "Look at the data",
    words: "These are the photos as the neuron sees them, cropped and resized. Each class has a mean image: the pixels that its photos have in common." },
  { at: "set-section", title: "Start with zeros", act: () => studio.scrubber.move(0),
    words: "Before the first iteration all weights are zero, so the image of the weights is black, and every photo has the same probability." },
  { at: "set-section", title: "Train", act: () => studio.scrubber.start(),
    words: "Each iteration multiplies pixels by weights, compares the answer with the label, and moves the weights against the error. Watch the weights, the cost and the photo change together." },
  { at: "set-section", title: "Lower the learning rate", act: () => studio.setRate(1 / 30),
    words: "The rate is now a thirtieth. The steps are so small that the cost falls slowly, and the weights stay smooth." },
  { at: "set-section", title: "Raise it above the mark", act: () => studio.setRate(300),
    words: "The mark is the largest stable learning rate. Above it, the cost can rise: the curve becomes jagged." },
  { at: "set-section", title: "Back to a good rate", act: () => studio.setRate(null),
    words: "This is the rate from the start again. Move the slider yourself, and see what another image size or a penalty does." },
  { at: "judge-section", title: "Judge it on new photos",
    words: "The test photos were never seen in training. Press a cell off the diagonal to see the photos that are classified wrongly." },
  { at: "ask", title: "Ask why", act: () => studio.openSteps(),
    words: "Each pixel times its weight counts for one class or the other. Below, the six steps of training have the numbers of this photo. Paint over a part of it, and watch the probability." },
  { at: "influence-section", title: "The photos inside the weights",
    words: "The weights are a weighted sum of training photos. The photos that were hardest to learn have the largest coefficients." },
  { at: "keep-section", title: "Keep it",
    words: "Download the model, or copy the command that trains exactly the same one." },
]

export class Tour {
  constructor(studio) {
    this.steps = story(studio)
    this.place = 0
    of("tour-start").onclick = () => this.show(0)
    of("tour-next").onclick = () => this.place + 1 < this.steps.length ? this.show(this.place + 1) : this.end()
    of("tour-back").onclick = () => this.show(Math.max(0, this.place - 1))
    of("tour-end").onclick = () => this.end()
    document.addEventListener("keydown", event => { if (event.key === "Escape" && !of("tour").hidden) this.end() })
  }

  show(place) {
    this.place = place
    const step = this.steps[place]
    of("tour").hidden = false
    of("tour-place").textContent = `Step ${place + 1} of ${this.steps.length}`
    of("tour-title").textContent = step.title
    of("tour-words").textContent = step.words
    of("tour-back").disabled = place === 0
    of("tour-next").textContent = place + 1 === this.steps.length ? "Finish" : "Next"
    of(step.at).scrollIntoView()
    of("tour-title").focus({ preventScroll: true })
    step.act?.()
  }

  end() {
    of("tour").hidden = true
    of("tour-start").focus({ preventScroll: true })
  }
}
