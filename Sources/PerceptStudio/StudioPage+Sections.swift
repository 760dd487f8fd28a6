import FoundationEssentials
import PerceptDatasets
import PerceptFeatures
import PerceptFigures
import PerceptIO

extension StudioPage {
  /// The section for corrections: the gallery is made when it is asked for, because it takes seconds.
  var correcting: String {
    let corrections = studio.data.corrections
    let how =
      corrections.map {
        Page.paragraph(
          "Your decisions are written to \($0). Your images are never changed. The model retrains after each decision. The "
            + "command in the last section trains with the file.")
      }
      ?? (studio.data.source.hasFiles
        ? Page.paragraph("To correct labels here, start the studio with a file for your decisions:")
          + Page.code(restart)
        : Page.paragraph(
          "Labels of IDX files cannot be corrected, because the file has one block of labels for all images."))
    let keys =
      corrections == nil
      ? ""
      : "<p class=\"hint\">Keys in the gallery: arrows move, R relabels, X leaves out, K keeps, U undoes, Enter asks about the photo.</p>"
    return how
      + "<p class=\"tools\"><button type=\"button\" id=\"find\">Find doubtful labels, duplicates, leaks and outliers</button></p>"
      + keys + "<p id=\"correct-error\" class=\"problem\" role=\"alert\"></p><div id=\"findings\"></div>"
      + "<div id=\"effect\" role=\"status\"></div>"
  }

  /// The command that starts the studio again on the same data, with a file for corrections.
  private var restart: String {
    let data =
      studio.data.arguments + (studio.data.features.map { ["--features", $0] } ?? []) + studio.data.splitArguments
    return (["percept", "studio"] + data + ["--corrections", "corrected.csv"]).map(quoted).joined(separator: " ")
  }

  /// Pixels, HOG and backbones, each with what it looks at. Another choice opens the page with the settings for it.
  var featureChoice: String {
    let choices = studio.extractorNames.map { name in
      let isOwn = name == extractor.name
      let words = name == "pixels" ? "pixels" : name == "hog" ? "HOG (edges)" : name
      return
        "<label class=\"feature\"><input type=\"radio\" name=\"features\" value=\"\(escaped(name))\"\(isOwn ? " checked" : "")>"
        + "<img alt=\"\" width=\"64\" height=\"64\" data-features=\"\(escaped(name))\" hidden><span>\(escaped(words).replacing("-", with: "-<wbr>"))</span>"
        + "</label>"
    }
    return
      "<fieldset class=\"setting\"><legend class=\"head\">Features</legend><div class=\"features\">\(choices.joined())</div>"
      + "<button type=\"button\" id=\"measure\">Compare features and sizes</button><ul id=\"gains\" aria-live=\"polite\"></ul></fieldset>"
  }

  var asking: String {
    """
    <div class="sources"><label id="drop" for="file">Drop a photo here, paste one, choose a file, or select any photo on this page.
    <input type="file" id="file" accept="image/*"></label>
    <button type="button" id="camera-button" hidden>Use the camera</button></div><p id="drop-error" class="problem" role="alert"></p>
    <div id="camera" hidden><video id="video" muted playsinline></video></div>
    <div id="asking" class="asking" hidden>
    <div><canvas id="canvas" tabindex="0" width="64" height="64" role="img" \
    aria-label="The photo as the neuron sees it. Paint over it with the pointer, or move the brush with the arrow keys and paint with Space."></canvas>
    <p id="change" role="status"></p>
    <div class="tools"><label>Brush <input type="range" id="brush" min="3" max="40" value="14" aria-label="Brush size"></label>
    <label>Color <select id="paint"><option value="#808080">gray</option><option value="#000000">black</option>
    <option value="#ffffff">white</option></select></label><button type="button" id="undo">Undo</button><button type="button" id="clean">Clear</button></div>
    <p class="hint">Paint over a part of the photo to see what the prediction depends on.</p></div>
    <div id="answer" aria-live="polite"></div></div>
    """
  }
}
