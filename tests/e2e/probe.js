// What the tests ask of a page, written in the page's own language. Put before every script that they run.
const one = selector => document.querySelector(selector);
const all = selector => [...document.querySelectorAll(selector)];
const words = selector => one(selector)?.textContent ?? null;

// "7" after step 7, "7.3" inside it.
const at = () => one("#jump")?.value ?? words(".embed-place")?.split("/")[0] ?? null;
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

// An element as text, with its attributes in order. An arrow that grows is one that is there: growing only tells how
// one came here.
const canonical = node => {
  if (node.nodeType !== Node.ELEMENT_NODE) return node.textContent;
  const values = [...node.attributes].map(({ name, value }) => `${name}="${value.replace("arrow-growing", "arrow-solid")}"`);
  return `<${node.tagName} ${values.sort().join(" ")}>${[...node.childNodes].map(canonical).join("")}`;
};

// All that is shown of the machine: the document, the drawing, the counters.
const state = () => ({
  document: words(".stage-document"),
  drawing: canonical(one(".stage-drawing")),
  counts: all(".log-counts dd").map(count => count.textContent).join(" "),
});

// Yew draws the app, may then give way to the browser once by a timer, and draws the panels: their turn comes first.
async function drawn() {
  for (let turn = 0; turn < 2; turn++) await new Promise(resolve => setTimeout(resolve));
}

// Presses a button and waits until one stands elsewhere.
async function press(id) {
  const before = at();
  one(`#${id}`).click();
  await until(`a move by #${id} from ${before}`, () => at() !== before);
  await drawn();
  return at();
}

async function jump(place) {
  const field = one("#jump");
  field.value = place;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await until(`the jump to ${place}`, () => at() === place);
  await drawn();
}

async function scrub(step) {
  const slider = one("#timeline");
  slider.value = step;
  slider.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await until(`scrubbing to ${step}`, () => at() === String(step));
  // The place is told at once; the run goes there with the next frame, which the app has asked for before us.
  await new Promise(resolve => requestAnimationFrame(resolve));
  await drawn();
}

// A text as an address carries it, made by the browser's own compressor.
async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const base64 = btoa(String.fromCharCode(...bytes));
  return "1." + base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
