"use strict";
// Opens the door that the address names.

const doors = { check: openCheck, recommend: openRecommend, diagnose: openDiagnose, clients: openClients };
const opened = {};

function go() {
  const where = address();
  const name = where.door in doors ? where.door : "check";
  for (const door of Object.keys(doors)) byId(`door-${door}`).hidden = door !== name;
  for (const link of document.querySelectorAll(".doors a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  say("");
  opened[name] ??= doors[name]();
  opened[name].restore(where);
}

async function start() {
  if (typeof WebAssembly !== "object") {
    byId("without").hidden = false;
    return;
  }
  try {
    choices = await engine.ask("choices");
  } catch (error) {
    byId("without").hidden = false;
    say(error.message);
    return;
  }
  byId("version").textContent = choices.version;
  addEventListener("hashchange", go);
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address names a door
    byId("main").focus();
  });
  go();
  document.documentElement.dataset.ready = "yes";
  performance.mark("ready");
  if (location.protocol !== "file:") (self.requestIdleCallback ?? setTimeout)(warm);
  if ("serviceWorker" in navigator && location.protocol !== "file:") {
    // Without one the page works as well, but not offline.
    navigator.serviceWorker.register("sw.js").catch(() => {});
  }
}

/** Answers about the example once, for nobody: what an answer needs is then read, and compiled to be fast. */
function warm() {
  engine.ask("check", { request: { name: "example.yaml" }, octets: new TextEncoder().encode(choices.example) })
    .then(() => performance.mark("warm"), () => {});
}

start();
