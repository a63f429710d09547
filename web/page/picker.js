"use strict";
// Clients to tick, by vendor.

/** Fills the place for a door; `usual` are those that count where nobody ticked any. */
function picker(door, changed) {
  const place = document.querySelector(`[data-picker="${door}"]`);
  const boxes = new Map();
  const families = Map.groupBy
    ? Map.groupBy(choices.clients, (client) => client.vendor)
    : choices.clients.reduce((map, one) => map.set(one.vendor, [...(map.get(one.vendor) ?? []), one]), new Map());
  const count = make("span", { className: "soft" });
  const tell = () => {
    const ticked = [...boxes.values()].filter((box) => box.checked).length;
    count.textContent = ticked ? `${ticked} ticked` : "the usual ones";
  };
  const item = (id, label) => {
    const box = make("input", { type: "checkbox", value: id });
    box.addEventListener("change", () => { tell(); changed(); });
    boxes.set(id, box);
    return make("li", {}, make("label", {}, box, make("span", { textContent: label })));
  };
  const part = ([vendor, clients]) => {
    const items = clients.flatMap((client) => client.variants.map((variant, number) =>
      item(variant.id, number === 0 && client.variants.length === 1 ? client.name : `${client.label}: ${variant.setup}`)));
    return make("details", { className: "family" }, make("summary", { textContent: vendor }),
      make("div", { className: "inside" }, make("ul", {}, ...items)));
  };
  const usual = make("button", { type: "button", className: "plain", textContent: "Tick the usual ones" });
  usual.addEventListener("click", () => { picked.set(choices.usual); changed(); });
  const none = make("button", { type: "button", className: "plain", textContent: "Tick none" });
  none.addEventListener("click", () => { picked.set([]); changed(); });
  place.replaceChildren(make("fieldset", {}, make("legend", { textContent: "Clients" }),
    make("p", { className: "row" }, count, usual, none), ...[...families].map(part)));
  // A link may name a client without one of its set-ups: the first one is meant, as on the command line.
  const first = new Map(choices.clients.map((client) => [client.id, client.variants[0].id]));
  const picked = {
    get: () => [...boxes.values()].filter((box) => box.checked).map((box) => box.value),
    set(named) {
      const ids = named.map((id) => (boxes.has(id) ? id : first.get(id)));
      for (const [id, box] of boxes) {
        box.checked = ids.includes(id);
        if (box.checked && !choices.usual.includes(id)) box.closest("details").open = true;
      }
      tell();
    },
  };
  tell();
  return picked;
}
