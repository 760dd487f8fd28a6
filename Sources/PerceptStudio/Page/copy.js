// A button beside each command that copies it.

/** Adds a button to every command that copies it. */
export function addCopyButtons() {
  for (const command of document.querySelectorAll("#keep > pre, #correct-section > pre")) {
    const box = Object.assign(document.createElement("div"), { className: "command" })
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" })
    button.setAttribute("aria-label", `Copy: ${command.textContent.slice(0, 40)}`)
    button.onclick = async () => {
      try {
        await navigator.clipboard.writeText(command.textContent)
        button.textContent = "Copied"
      } catch {
        getSelection().selectAllChildren(command)
        button.textContent = "Press Ctrl-C"
      }
      setTimeout(() => { button.textContent = "Copy" }, 2000)
    }
    command.replaceWith(box)
    box.append(command, button)
  }
}
