"use strict";
// The engine: a worker, so that nothing freezes the page. A page that was opened from a disk gets none from most
// browsers, and may fetch no file; there the engine runs in the page itself and comes as a script.

const engine = {
  worker: null,
  /** What is waited for, by number. */
  waiting: new Map(),
  last: 0,
  inline: null,

  /** Asks; `progress` is told how far a long reading is. */
  async ask(call, what = {}, progress = () => {}) {
    if (location.protocol === "file:") return this.askInline(call, what, progress);
    if (!this.worker) this.begin();
    const number = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject, progress });
      this.worker.postMessage({ number, call, what });
    });
  },

  begin() {
    const worker = new Worker("worker.js");
    worker.onmessage = ({ data }) => {
      const one = this.waiting.get(data.number);
      if (!one) return;
      if (data.progress) return one.progress(data.progress);
      this.waiting.delete(data.number);
      if (data.error === undefined) return one.resolve(data.value);
      one.reject(new Error(data.error));
      this.stop(); // what it holds after an error is not relied on
    };
    worker.onerror = (event) => this.stop(event.message || "the engine could not be loaded");
    this.worker = worker;
  },

  /** Ends what is being done; the next question begins anew. */
  stop(why = "stopped") {
    this.worker?.terminate();
    this.worker = null;
    for (const { reject } of this.waiting.values()) reject(new Error(why));
    this.waiting.clear();
  },

  async askInline(call, what, progress) {
    this.inline ??= (async () => {
      await script("engine.js");
      await script("engine_base64.js");
      const octets = Uint8Array.from(atob(self.ENGINE_BASE64), (letter) => letter.charCodeAt(0));
      await ikecompat({ module_or_path: octets });
    })();
    await this.inline;
    if (what.source instanceof Blob) {
      what = { ...what, source: new Uint8Array(await what.source.arrayBuffer()) };
    }
    return calls[call](what, progress);
  },
};

function script(address) {
  return new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = address;
    element.onload = resolve;
    element.onerror = () => reject(new Error(`${address} could not be loaded`));
    document.head.append(element);
  });
}
