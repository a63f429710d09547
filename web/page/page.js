"use strict";
// What the doors share: elements, the address, answers, files.

/** What the engine offers to choose from; filled in before any door opens. */
let choices = null;

const byId = (id) => document.getElementById(id);

/** Makes an element with properties and children. */
function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

/** Fills a list to choose from: words, or pairs of a value and its label. */
function fill(select, options, usual) {
  const option = (one) => (Array.isArray(one) ? make("option", { value: one[0], textContent: one[1] }) : make("option", { value: one, textContent: one }));
  select.replaceChildren(...options.map(option));
  if (usual !== undefined) select.value = usual;
}

const say = (text) => { byId("status").textContent = text; };

// The address. Only what was chosen stands in it, never what was pasted or typed about somebody.

/** The door, the path behind it and the choices that the address names. */
function address() {
  const [path, query = ""] = location.hash.slice(1).split("?");
  const [door, ...rest] = path.split("/");
  return { door, path: rest.map(decodeURIComponent).join("/"), chosen: new URLSearchParams(query) };
}

/** Writes choices into the address; what is as usual is left out. */
function remember(door, chosen) {
  const query = Object.entries(chosen)
    .filter(([, value]) => value !== "" && value !== undefined && value !== null && value !== false)
    .map(([key, value]) => `${key}=${encodeURIComponent(value === true ? "yes" : value).replaceAll("%2C", ",").replaceAll("%3A", ":")}`);
  history.replaceState(null, "", `#${door}${query.length ? "?" : ""}${query.join("&")}`);
}

// Answers.

/** Shows a reply of the engine. */
function show(box, reply, { text, between = [], focus = true } = {}) {
  const parts = [];
  if (!reply.ok && !reply.remarks) {
    parts.push(make("p", { className: "finding error", textContent: reply.headline }));
  }
  if (reply.remarks) {
    const remarks = make("div", { innerHTML: reply.remarks });
    parts.push(make("h3", { textContent: reply.ok ? "About the text" : "The text cannot be read" }), remarks);
    if (text) places(remarks, text);
  }
  parts.push(...between);
  const content = make("div", { innerHTML: reply.html });
  parts.push(content);
  box.replaceChildren(...parts);
  if (text) places(content, text);
  links(box);
  copies(content);
  if (focus) box.focus();
  say(reply.headline);
}

/** Links out of the page open elsewhere; links into the answer open what is folded. */
function links(box) {
  for (const link of box.querySelectorAll("a[href^=http]")) {
    link.target = "_blank";
    link.rel = "noreferrer noopener";
  }
  for (const link of box.querySelectorAll('a[href^="#s1-"]')) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const target = byId(link.hash.slice(1));
      const folded = target?.closest("details");
      if (!folded) return;
      folded.open = true;
      folded.querySelector("summary").focus();
      folded.scrollIntoView({ block: "start" });
    });
  }
}

/** A button beside everything that is there to be copied. */
function copies(box) {
  for (const block of box.querySelectorAll("pre")) {
    const name = block.getAttribute("aria-label") ?? "text";
    const button = make("button", { type: "button", className: "plain copy", textContent: "Copy", "aria-label": `Copy: ${name}` });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.textContent);
      say(`Copied: ${name}`);
    });
    block.before(button);
  }
}

/** A button that leads from a complaint to its place in the text. */
function places(box, text) {
  for (const block of box.querySelectorAll(".finding pre")) {
    const found = /-->.*?:(\d+):(\d+)/.exec(block.textContent);
    if (!found) continue;
    const line = Number(found[1]);
    const button = make("button", { type: "button", className: "plain copy", textContent: `Line ${line} in the text` });
    button.addEventListener("click", () => {
      const lines = text.value.split("\n");
      const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
      text.focus();
      text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
      text.scrollTop = Math.max(0, (text.scrollHeight / lines.length) * (line - 4));
    });
    block.before(button);
  }
}

/** Gives a file to whoever looks at the page. */
function save(name, content) {
  const link = make("a", { href: URL.createObjectURL(new Blob([content])), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The files of a reply, each with a button. */
function files(reply, title) {
  if (!reply.files?.length) return [];
  const item = (file) => {
    const name = file.path.split("/").pop();
    const button = make("button", { type: "button", className: "plain", textContent: "Save", "aria-label": `Save ${file.path}` });
    button.addEventListener("click", () => save(name, file.octets ?? file.text));
    return make("li", {}, button, make("code", { textContent: file.path }), make("span", { className: "soft", textContent: file.purpose }));
  };
  const parts = [make("h3", { textContent: title })];
  if (reply.archive) {
    const all = make("button", { type: "button", textContent: "Save all as ikecompat.zip" });
    all.addEventListener("click", () => save("ikecompat.zip", reply.archive));
    parts.push(make("p", {}, all));
  }
  parts.push(make("ul", { className: "files" }, ...reply.files.map(item)));
  return [make("div", {}, ...parts)];
}

/** Asks the engine, and says so where it fails. */
async function ask(box, call, what, progress) {
  say("Working …");
  box.setAttribute("aria-busy", "true");
  try {
    return await engine.ask(call, what, progress);
  } catch (error) {
    const stopped = error.message === "stopped";
    say(stopped ? "Stopped." : `The engine failed, which is a defect of this program: ${error.message}`);
    return null;
  } finally {
    box.removeAttribute("aria-busy");
  }
}

/** A text or a file: whichever was given last counts. Files are not put into the page. */
function input(door, { largest }) {
  const text = byId(`text-${door}`), picker = byId(`file-${door}`), chosen = byId(`chosen-${door}`);
  const section = byId(`door-${door}`);
  let file = null;
  const take = async (one) => {
    if (!one) return;
    file = one;
    chosen.textContent = `${one.name}, ${one.size.toLocaleString("en")} octets`;
    text.value = "";
    if (one.size > largest) {
      chosen.textContent += `: too large, at most ${largest.toLocaleString("en")} octets are read`;
      file = null;
    }
  };
  picker.addEventListener("change", () => take(picker.files[0]));
  text.addEventListener("input", () => { file = null; picker.value = ""; chosen.textContent = "or drop one here"; });
  section.addEventListener("dragover", (event) => { event.preventDefault(); section.classList.add("dragging"); });
  section.addEventListener("dragleave", () => section.classList.remove("dragging"));
  section.addEventListener("drop", (event) => {
    event.preventDefault();
    section.classList.remove("dragging");
    take(event.dataTransfer.files[0]);
  });
  return {
    text,
    /** What was given: a name, and the octets or the file. */
    get: () => (file ? { name: file.name, source: file } : { name: "the text", source: new TextEncoder().encode(text.value) }),
    isEmpty: () => !file && text.value.trim() === "",
    clear: () => { file = null; chosen.textContent = "or drop one here"; },
  };
}
