"use strict";
importScripts("engine.js", "calls.js");

const ready = ikecompat({ module_or_path: "engine_bg.wasm" });

self.onmessage = async ({ data: { number, call, what } }) => {
  const progress = (far, packets) => self.postMessage({ number, progress: { far, packets } });
  try {
    await ready;
    self.postMessage({ number, value: calls[call](what, progress) });
  } catch (error) {
    self.postMessage({ number, error: String(error) });
  }
};
