"use strict";
// The door "Check".

function openCheck() {
  const form = byId("form-check"), box = byId("answer-check");
  const given = input("check", { largest: 64 << 20 });
  const by = () => form.elements.by.value;
  const chosen = () => ({
    ...(by() === "form" ? { by: "form", ...entries.chosen() } : {}),
    clients: clients.get().join(","),
    policy: form.elements.policy.value === "rfc8247" ? "" : form.elements.policy.value,
    nat: form.elements.nat.value === "unknown" ? "" : form.elements.nat.value,
  });
  const changed = () => {
    for (const part of form.querySelectorAll("[data-by]")) part.hidden = part.dataset.by !== by();
    remember("check", chosen());
  };
  const clients = picker("check", () => changed());
  fill(form.elements.policy, choices.policies.map(({ id, title }) => [id, title]), "rfc8247");
  fill(form.elements.nat, choices.nats, "unknown");
  const entries = phases(() => changed());
  form.addEventListener("change", (event) => { if (event.target.name && event.target.type !== "file") changed(); });
  byId("example-check").addEventListener("click", () => {
    given.clear();
    given.text.value = choices.example;
    form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const filled = by() === "form";
    if (!filled && given.isEmpty()) {
      say("Paste a configuration, choose a file, or try the example.");
      return given.text.focus();
    }
    const { name, source } = filled ? { name: "server.yaml", source: new TextEncoder().encode(entries.text()) } : given.get();
    const octets = source instanceof Blob ? new Uint8Array(await source.arrayBuffer()) : source;
    const { clients, policy, nat } = chosen();
    const request = { name, clients: clients || null, policy: policy || null, nat: nat || null };
    const reply = await ask(box, "check", { request, octets });
    if (!reply) return;
    show(box, reply, { text: filled || source instanceof Blob ? null : given.text });
    box.append(...files(reply, "The answer as a file"));
  });
  return {
    restore({ chosen }) {
      form.elements.by.value = chosen.get("by") === "form" ? "form" : "text";
      entries.restore(chosen);
      clients.set((chosen.get("clients") ?? "").split(","));
      if (chosen.get("policy")) form.elements.policy.value = chosen.get("policy");
      if (chosen.get("nat")) form.elements.nat.value = chosen.get("nat");
      for (const part of form.querySelectorAll("[data-by]")) part.hidden = part.dataset.by !== by();
      if (by() === "form" && chosen.get("p1")) form.requestSubmit();
    },
  };
}
