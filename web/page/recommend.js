"use strict";
// The door "Recommend".

function openRecommend() {
  const form = byId("form-recommend"), box = byId("answer-recommend");
  let plan = 0;
  const usual = { product: "", policy: "rfc8247", auth: "", prefer: "" };
  const value = (name) => form.elements[name].value.trim();
  const unusual = (name) => (value(name) === usual[name] ? "" : value(name));
  const chosen = () => ({
    clients: clients.get().join(","),
    product: unusual("product"), policy: unusual("policy"), auth: unusual("auth"), prefer: unusual("prefer"),
    untouched: form.elements.untouched.checked, gcm: form.elements.gcm.checked, pq: form.elements.pq.checked,
    bits: value("minBits"), keep: value("mustKeep"), plan: plan || "",
  });
  const octets = (name) => new TextEncoder().encode(byId(name).value.trim() ? byId(name).value : "");
  const changed = () => { plan = 0; remember("recommend", chosen()); };
  const clients = picker("recommend", () => changed());
  fill(form.elements.product, [["", "that of the configuration, else pfSense"], ...choices.products.map(({ id, name }) => [id, name])], "");
  fill(form.elements.policy, choices.policies.map(({ id, title }) => [id, title]), "rfc8247");
  fill(form.elements.auth, [["", "as is usual for the product"], ...choices.auths.map((word) => [word, word])]);
  fill(form.elements.prefer, [["", "the usual order"], ...choices.preferences.map((word) => [word, word.replaceAll("-", " ")])]);
  form.addEventListener("change", (event) => { if (event.target.name) changed(); });

  async function recommend(focus) {
    const request = {
      clients: clients.get().join(",") || null, product: value("product") || null, policy: value("policy"),
      auth: value("auth") || null, prefer: value("prefer") || null,
      untouched: form.elements.untouched.checked, gcm: form.elements.gcm.checked,
      postQuantum: form.elements.pq.checked, mustKeep: value("mustKeep") || null, now: Math.floor(Date.now() / 1000),
      minBits: Number(value("minBits")) || null, forbid: value("forbid").replaceAll(" ", "") || null,
      address: value("address") || null, remoteId: value("remoteId") || null, connectionName: value("connectionName") || null,
      plan,
    };
    const reply = await ask(box, "recommend", { request, server: octets("server-recommend"), certificates: octets("cert-recommend") });
    if (!reply) return;
    remember("recommend", { ...chosen(), forbid: reply.ok ? request.forbid : "" });
    show(box, reply, { focus, text: byId("server-recommend").value.trim() ? byId("server-recommend") : null });
    alternatives();
    box.append(...files(reply, "Files for the server and for each client"));
  }

  /** The number of a plan becomes a button that shows it. */
  function alternatives() {
    box.querySelectorAll(".choice tbody th").forEach((cell, place) => {
      const button = make("button", { type: "button", className: "plain", textContent: `Plan ${place + 1}`, "aria-pressed": String(place === plan) });
      button.addEventListener("click", async () => {
        plan = place;
        await recommend(false);
        box.querySelectorAll(".choice button")[place]?.focus();
      });
      cell.replaceChildren(button);
    });
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); plan = 0; recommend(true); });
  return {
    restore({ chosen }) {
      if (![...chosen.keys()].length) return clients.set(choices.usual);
      clients.set((chosen.get("clients") ?? "").split(","));
      for (const name of ["product", "policy", "auth", "prefer", "forbid"]) {
        if (chosen.has(name)) form.elements[name].value = chosen.get(name);
      }
      form.elements.minBits.value = chosen.get("bits") ?? "";
      form.elements.mustKeep.value = chosen.get("keep") ?? "";
      for (const name of ["untouched", "gcm", "pq"]) form.elements[name].checked = chosen.has(name);
      plan = Number(chosen.get("plan")) || 0;
      if (chosen.get("clients")) recommend(false);
    },
  };
}
