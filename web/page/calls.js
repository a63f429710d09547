"use strict";
// What the engine can be asked, in a worker or, where there is none, in the page itself.

/** Gives the octets of a text, a list of octets or a file, piece by piece. */
function reader(source) {
  if (source instanceof Uint8Array) {
    return (offset, length) => source.subarray(offset, offset + length);
  }
  const files = new FileReaderSync();
  return (offset, length) => new Uint8Array(files.readAsArrayBuffer(source.slice(offset, offset + length)));
}

const calls = {
  choices: () => JSON.parse(ikecompat.choices()),
  check: ({ request, octets }) => JSON.parse(ikecompat.check(JSON.stringify(request), octets)),
  recommend: ({ request, server, certificates }) => {
    const reply = JSON.parse(ikecompat.recommend(JSON.stringify(request), server, certificates));
    reply.files.forEach((file, place) => {
      if (file.text === undefined) file.octets = ikecompat.plan_file(place);
    });
    if (reply.ok) reply.archive = ikecompat.plan_archive();
    return reply;
  },
  diagnose: ({ request, server, source }, progress) =>
    JSON.parse(ikecompat.diagnose(JSON.stringify(request), server, reader(source), progress)),
  showDiagnosis: ({ redact }) => JSON.parse(ikecompat.show_diagnosis(redact)),
  clients: ({ address }) => JSON.parse(ikecompat.clients(address)),
};
