// Loads the app: shows how far the download has come, and says what is wrong where it cannot run.
//
// A classic script in a file of its own, so that it also runs where modules do not (file://) and
// under a Content-Security-Policy of `script-src 'self' 'wasm-unsafe-eval'`. It owns #loading and
// knows nothing of the app but that it draws into #app.
(function () {
  "use strict";

  const files = document.querySelector('meta[name="pagelab-app"]').dataset;
  const panel = document.getElementById("loading");
  const text = document.getElementById("loading-text");
  const bar = document.getElementById("loading-bar");

  /** Set when the browser tells that a policy has kept it from compiling the app. */
  let forbidden = false;
  document.addEventListener("securitypolicyviolation", function (event) {
    forbidden = forbidden || event.blockedURI === "wasm-eval" || event.blockedURI === "eval";
  });

  /** What keeps this page from even trying; nothing if it may try. */
  function obstacle() {
    if (location.protocol === "file:") {
      return "Pagelab was opened as a file, and browsers load the parts of such a page only from a web server. " +
        "Any will do: in this folder, run  python3 -m http.server  and open the address that it prints.";
    }
    if (typeof WebAssembly !== "object") {
      return "Pagelab needs WebAssembly, which this browser does not have or has switched off. " +
        "Current versions of Firefox, Chrome, Edge and Safari have it; some modes with extra protection do not.";
    }
    return "";
  }

  /** A sentence for an error that came up on the way. */
  function explain(error) {
    if (forbidden || /content security policy|unsafe-eval/i.test(String(error))) {
      return "The security policy of this site forbids WebAssembly. Its Content-Security-Policy needs: " +
        "script-src 'self' 'wasm-unsafe-eval'";
    }
    if (error instanceof WebAssembly.RuntimeError) {
      return "Pagelab stopped while it was starting. This is a mistake in Pagelab.";
    }
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError) {
      return "Pagelab arrived damaged, or this browser is too old for it.";
    }
    if (self.origin === "null") {
      return "Pagelab is in a frame that is cut off from its own site. Either the frame gets " +
        "sandbox=\"allow-scripts allow-same-origin\", or the site sends Access-Control-Allow-Origin: *";
    }
    return "A part of Pagelab could not be loaded. The network may be down, or the site may have been renewed just now.";
  }

  function fail(message, error) {
    text.textContent = message;
    bar.hidden = true;
    document.getElementById("loading-late").hidden = true;
    if (error) {
      document.getElementById("loading-again").hidden = false;
      const details = document.getElementById("loading-details");
      details.textContent = String(error);
      details.hidden = false;
      console.error(error);
    }
  }

  /**
   * The bytes to come: told by `cargo xtask build`, else by the server. With an encoding, its length
   * is that of the encoded bytes, and those are not the ones that arrive here.
   */
  function expected(response) {
    if (response.headers.get("Content-Encoding")) {
      return Number(files.size) || 0;
    }
    return Number(files.size) || Number(response.headers.get("Content-Length")) || 0;
  }

  function show(seen, total) {
    if (total === 0 || seen > total) {
      bar.removeAttribute("value"); // not known: the bar only moves
    } else {
      bar.max = total;
      bar.value = seen;
    }
  }

  /** The same response, with its bytes counted as they pass. */
  function counted(response) {
    if (!response.ok) {
      throw new Error(response.status + " " + response.statusText + ": " + response.url);
    }
    if (!response.body || typeof TransformStream !== "function") {
      return response;
    }
    const total = expected(response);
    let seen = 0;
    const counter = new TransformStream({
      transform(chunk, controller) {
        seen += chunk.byteLength;
        show(seen, total);
        controller.enqueue(chunk);
      },
      flush() {
        text.textContent = "Starting…";
      },
    });
    return new Response(response.body.pipeThrough(counter), {
      headers: response.headers,
      status: response.status,
      statusText: response.statusText,
    });
  }

  /** Takes the panel away as soon as there is something to see in its place. */
  function reveal() {
    const app = document.getElementById("app");
    if (app.firstElementChild) {
      panel.remove();
      return;
    }
    const observer = new MutationObserver(function () {
      if (app.firstElementChild) {
        observer.disconnect();
        panel.remove();
      }
    });
    observer.observe(app, { childList: true });
  }

  async function load() {
    const wasm = fetch(files.wasm, { credentials: "same-origin" }).then(counted);
    wasm.catch(function () {}); // told below, even if the import fails first
    const module = await import(new URL(files.js, document.baseURI).href);
    const exports = await module.default({ module_or_path: wasm });
    // As Trunk's own script does, for whoever listens.
    dispatchEvent(new CustomEvent("TrunkApplicationStarted", { detail: { wasm: exports } }));
    reveal();
  }

  const reason = obstacle();
  if (reason) {
    fail(reason);
  } else {
    text.textContent = "Loading…";
    bar.hidden = false;
    load().catch(function (error) {
      fail(explain(error), error);
    });
  }
})();
