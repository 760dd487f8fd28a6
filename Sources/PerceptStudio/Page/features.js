// The choice of features: what each looks at, and the accuracies of all.

const of = id => document.getElementById(id)

/** Shows what each kind of features looks at in the photo of the workbench. */
export async function showFeatures(photo) {
  await Promise.allSettled([...document.querySelectorAll("[data-features]")].map(async image => {
    const source = photo.source.replace("photo.png", "look.png") + `&look=${encodeURIComponent(image.dataset.features)}`
    if (image.getAttribute("src") !== source) image.src = source
    image.hidden = true
    await image.decode()
    image.hidden = false
  }))
}

/** Trains with each kind of features and with other sizes, and shows the accuracies. */
export function listenToMeasure(query, sizesAround) {
  of("measure").onclick = async () => {
    of("measure").disabled = true
    of("gains").replaceChildren()
    const own = new URLSearchParams(query())
    const choices = [...document.querySelectorAll("[data-features]")].map(image => ({ features: image.dataset.features }))
      .concat(sizesAround().map(size => ({ features: own.get("features"), size })))
    for (const choice of choices) {
      if (own.has("edition")) choice.edition = own.get("edition")
      const item = of("gains").appendChild(document.createElement("li"))
      const name = choice.size ? `${choice.features}, ${choice.size} pixels` : choice.features
      item.textContent = `${name}: training …`
      try {
        const answer = await (await fetch(`gain?${new URLSearchParams(choice)}`)).json()
        const link = Object.assign(document.createElement("a"), { href: `?${new URLSearchParams(choice)}`, textContent: name })
        item.replaceChildren(link, `: ${answer.error ?? answer.words}`)
      } catch {
        item.textContent = `${name}: the studio does not respond`
      }
    }
    of("measure").disabled = false
  }
}
