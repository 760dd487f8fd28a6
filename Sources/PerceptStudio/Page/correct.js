// Corrections by hand: the gallery of doubtful labels, duplicates, leaks and outliers.

const of = id => document.getElementById(id)

export class Corrector {
  /** @param form has the token and the edition; @param retrain is called after each decision. */
  constructor(form, retrain) {
    Object.assign(this, { form, retrain, decisions: {}, sending: Promise.resolve() })
    of("find").onclick = () => this.find()
    of("findings").onclick = event => {
      const button = event.target.closest("[data-decision]:is(button)")
      if (button) this.press(button.closest(".finding"), button.dataset.decision)
    }
    of("findings").onkeydown = event => this.key(event)
  }

  /** The query parameter that names the corrections; empty without any. */
  get query() { return this.form.dataset.edition ? `&edition=${this.form.dataset.edition}` : "" }

  async find() {
    const button = of("find")
    button.disabled = true
    of("findings").textContent = "Looking at all photos …"
    try {
      const answer = await (await fetch("findings")).json()
      if (answer.error) throw Error(answer.error)
      of("findings").innerHTML = answer.html
      this.decisions = answer.decisions
      this.show()
    } catch (error) {
      of("findings").textContent = ""
      this.report(error)
    }
    button.disabled = false
  }

  report(error) {
    of("correct-error").textContent = error instanceof TypeError ? "The studio does not respond. Is it still running?" : `${error.message}.`
  }

  /** Marks every card with its decision. An image can have several cards. */
  show() {
    for (const card of document.querySelectorAll(".finding")) {
      const made = this.decisions[card.dataset.row]
      if (made) card.dataset.decision = made.decision
      else delete card.dataset.decision
      for (const button of card.querySelectorAll("button[data-decision]")) {
        button.setAttribute("aria-pressed", button.dataset.decision === made?.decision)
      }
      const choice = card.querySelector(".decisions select")
      if (choice && made?.label != null) choice.value = made.label
    }
  }

  /** Makes a decision about the image of a card, or withdraws it if it is made already. */
  press(card, decision) {
    const row = card.dataset.row
    const label = Number(card.querySelector(".decisions :is(select, input)").value)
    const made = this.decisions[row]
    const isSame = made?.decision === decision && (decision !== "relabel" || made.label === label)
    this.send(row, isSame ? null : decision === "relabel" ? { decision, label } : { decision })
  }

  send(row, made) {
    this.sending = this.sending.then(async () => {
      try {
        const response = await fetch("correct", {
          method: "POST", body: JSON.stringify({ row: Number(row), ...made }),
          headers: { "Content-Type": "application/json", "X-Percept-Token": this.form.dataset.token },
        })
        const answer = await response.json()
        if (answer.error) throw Error(answer.error)
        of("correct-error").textContent = ""
        if (made) this.decisions[row] = made
        else delete this.decisions[row]
        this.show()
        if (this.form.dataset.edition === answer.edition) return
        this.form.dataset.edition = answer.edition
        this.retrain()
      } catch (error) { this.report(error) }
    })
  }

  /** Shows the change in accuracy of the settings of a finished training. */
  async compare(trained) {
    if (!this.form.dataset.edition) return of("effect").replaceChildren()
    const answer = await (await fetch(`change?${trained}`)).json()
    of("effect").innerHTML = answer.html ?? ""
  }

  key(event) {
    const card = event.target.closest(".finding")
    if (!card || event.target.matches("select") || event.ctrlKey || event.metaKey || event.altKey) return
    const cards = [...document.querySelectorAll(".finding")]
    const go = by => cards[cards.indexOf(card) + by]?.querySelector(".photo").focus()
    const row = card.parentElement.children
    const columns = [...row].filter(other => other.offsetTop === row[0].offsetTop).length
    const decide = decision => { if (card.querySelector(".decisions")) this.press(card, decision) }
    const acts = {
      ArrowRight: () => go(1), ArrowDown: () => go(columns), ArrowLeft: () => go(-1), ArrowUp: () => go(-columns),
      r: () => decide("relabel"), x: () => decide("leave-out"), k: () => decide("keep"),
      u: () => { if (this.decisions[card.dataset.row]) this.send(card.dataset.row, null) },
    }
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key]
    if (!act) return
    event.preventDefault()
    act()
  }
}
