"use strict";
// The door "Clients": an address for each client, each algorithm and each comparison.

function openClients() {
  const box = byId("answer-clients"), title = byId("title-clients"), words = byId("words-clients");

  /** Ticks beside the list, and the names to be searched. */
  function list() {
    const known = new Map(choices.clients.map((client) => [client.id, client]));
    const text = ({ id, name, vendor, label, aliases, covers }) => [id, name, vendor, label, ...aliases, ...covers].join(" ").toLowerCase();
    for (const item of box.querySelectorAll("li[data-id]")) {
      const client = known.get(item.dataset.id);
      const tick = make("input", { type: "checkbox", value: client.id, "aria-label": `Compare ${client.name}` });
      item.prepend(tick, " ");
      item.dataset.text = text(client);
    }
    search();
  }
  function search() {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const item of box.querySelectorAll("li[data-id]")) {
      item.hidden = !wanted.every((word) => item.dataset.text.includes(word));
      if (!item.hidden) found += 1;
    }
    for (const group of box.querySelectorAll("ul")) {
      const empty = !group.querySelector("li:not([hidden])");
      group.hidden = empty;
      group.previousElementSibling.hidden = empty;
    }
    if (wanted.length) say(`${found} found`);
  }
  words.addEventListener("input", search);
  byId("compare-clients").addEventListener("click", () => {
    const ticked = [...box.querySelectorAll("input:checked")].map((tick) => tick.value);
    if (ticked.length < 2) return say("Tick two clients or more.");
    location.hash = `clients/compare/${ticked.join(",")}`;
  });
  return {
    async restore({ path }) {
      const reply = await ask(box, "clients", { address: path });
      if (!reply) return;
      title.textContent = reply.headline;
      byId("search-clients").hidden = path !== "";
      show(box, reply, { focus: false });
      if (path === "") list();
      else title.focus();
      say("");
    },
  };
}
