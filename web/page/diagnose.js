"use strict";
// The door "Diagnose". The answer is redacted unless somebody wants to see names and addresses.

function openDiagnose() {
  const form = byId("form-diagnose"), box = byId("answer-diagnose"), bar = byId("bar-diagnose");
  const given = input("diagnose", { largest: Number.MAX_SAFE_INTEGER });
  let answered = false;

  function show_(reply, focus) {
    show(box, reply, { focus });
    box.append(...files(reply, "The answer as a file"));
    answered = reply.ok;
  }
  form.elements.redact.addEventListener("change", async () => {
    if (!answered) return;
    const reply = await ask(box, "showDiagnosis", { redact: form.elements.redact.checked });
    if (reply) show_(reply, false);
  });
  byId("stop-diagnose").addEventListener("click", () => engine.stop());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (given.isEmpty()) {
      say("Paste a log, or choose a log or a capture.");
      return given.text.focus();
    }
    const { name, source } = given.get();
    const size = source.size ?? source.length;
    bar.removeAttribute("value");
    byId("far-diagnose").textContent = "";
    byId("progress-diagnose").hidden = false;
    const progress = ({ far, packets }) => {
      byId("far-diagnose").textContent = packets ? `${far.toLocaleString("en")} packets` : `${Math.round(far / 1e6)} MB of ${Math.round(size / 1e6)} MB`;
      if (!packets) { bar.max = size; bar.value = Math.min(far, size); }
    };
    const request = { name, redact: form.elements.redact.checked };
    const server = new TextEncoder().encode(byId("server-diagnose").value);
    const reply = await ask(box, "diagnose", { request, server, source }, progress);
    byId("progress-diagnose").hidden = true;
    if (reply) show_(reply, true);
  });
  return { restore() {} };
}
