"use strict";
// Phases 1 and 2 filled in, in the words of the product; what comes of it is a `server.yaml`.

/** `entries` are lists of keywords: cipher, hash, group. */
function phases(changed) {
  const product = byId("product-form");
  fill(product, choices.products.map(({ id, name }) => [id, name]), "pfsense");
  const engine = byId("engine-form");
  const words = () => choices.products.find(({ id }) => id === product.value).form;
  const versions = () => fill(engine, [...(words().needs_engine ? [] : [["", "the usual one"]]), ...words().engines]);
  versions();
  engine.addEventListener("change", changed);
  const places = { 1: byId("phase1"), 2: byId("phase2") };
  const usual = { 1: ["aes256", "sha256", "modp2048"], 2: ["aes256", "sha256", ""] };

  function entry(phase, [cipher, hash, group]) {
    const select = (name, options, value) => {
      const list = make("select", {});
      fill(list, options.map(({ keyword, label }) => [keyword, label]));
      if (name === "PFS group") list.prepend(make("option", { value: "", textContent: "off" }));
      list.value = value;
      if (list.selectedIndex < 0) list.selectedIndex = 0;
      list.addEventListener("change", changed);
      return make("label", {}, name, list);
    };
    const { encryption, hash: hashes, group: groups } = words();
    const row = make("div", { className: "entry", role: "group", "aria-label": `An entry of phase ${phase}` },
      select("Encryption", encryption, cipher), select("Hash", hashes, hash),
      select(phase === 1 ? "DH group" : "PFS group", groups, group));
    const remove = make("button", { type: "button", className: "plain", textContent: "Remove" });
    remove.addEventListener("click", () => { if (places[phase].querySelectorAll(".entry").length > 1) { row.remove(); changed(); } });
    row.append(remove);
    return row;
  }
  function set(phase, entries) {
    const add = make("button", { type: "button", className: "plain", textContent: "Add an entry" });
    add.addEventListener("click", () => { add.before(entry(phase, usual[phase])); changed(); });
    places[phase].querySelectorAll(":scope > :not(legend)").forEach((one) => one.remove());
    places[phase].append(...entries.map((one) => entry(phase, one)), add);
  }
  const get = (phase) => [...places[phase].querySelectorAll(".entry")].map((row) => [...row.querySelectorAll("select")].map((list) => list.value));
  product.addEventListener("change", () => { versions(); for (const phase of [1, 2]) set(phase, get(phase)); changed(); });
  for (const phase of [1, 2]) set(phase, [usual[phase]]);
  const line = ([cipher, hash, group], key) => `  - {encryption: "${cipher}", hash: "${hash}", ${key}: "${group || "off"}"}\n`;
  return {
    /** For the address. */
    chosen: () => ({ product: product.value, engine: engine.value, p1: get(1).map((one) => one.join(".")).join(","), p2: get(2).map((one) => one.join(".")).join(",") }),
    restore(chosen) {
      if (chosen.get("product")) product.value = chosen.get("product");
      versions();
      if (chosen.get("engine")) engine.value = chosen.get("engine");
      for (const phase of [1, 2]) {
        const entries = chosen.get(`p${phase}`);
        set(phase, entries ? entries.split(",").map((one) => one.split(".")) : get(phase)); // in the words of the product
      }
    },
    text: () => `product: ${product.value}\n${engine.value && `engine: ${engine.value}\n`}phase1:\n${get(1).map((one) => line(one, "dh")).join("")}phase2:\n${get(2).map((one) => line(one, "pfs")).join("")}`,
  };
}
