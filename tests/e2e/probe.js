// What the tests ask of a page, written in the page's own language. Put before every script that they run.
const one = selector => document.querySelector(selector);
const all = selector => [...document.querySelectorAll(selector)];
const words = selector => one(selector)?.textContent ?? null;

// "7" after step 7, "7.3" inside it.
const at = () => one("#jump")?.value ?? words(".embed-place")?.split("/")[0];
const length = () => Number(one("#timeline").max);

async function until(what, condition) {
  const deadline = performance.now() + 20000;
  for (;;) {
    const value = condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}; at ${at()}`);
    await new Promise(resolve => setTimeout(resolve));
  }
}

// All that is shown of the machine: the document, the drawing, the counters. What only tells how one came here
// (arrows that grow) is left out.
function state() {
  const drawing = one(".stage-drawing").cloneNode(true);
  for (const element of drawing.querySelectorAll(".stage-arrow-growing")) element.classList.remove("stage-arrow-growing");
  return {
    document: words(".stage-document"),
    drawing: drawing.innerHTML,
    counts: words(".log-counts dd") === null ? null : all(".log-counts dd").map(count => count.textContent).join(" "),
  };
}

// Presses a button and waits until one stands elsewhere.
async function press(id) {
  const before = at();
  one(`#${id}`).click();
  await until(`a move by #${id} from ${before}`, () => at() !== before);
  return at();
}

async function jump(place) {
  const field = one("#jump");
  field.value = place;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await until(`the jump to ${place}`, () => at() === place);
}

async function scrub(step) {
  const slider = one("#timeline");
  slider.value = step;
  slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await until(`scrubbing to ${step}`, () => at() === String(step) && words(".stage-document") !== null);
}

// A text as an address carries it, made by the browser's own compressor.
async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const base64 = btoa(String.fromCharCode(...bytes));
  return "1." + base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
