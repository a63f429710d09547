// Each door as somebody would use it, in a real browser. The page is built before: `web/test.sh` does both.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { browser, host, open } from "./site.mjs";

const root = resolve(import.meta.dirname, "../..");
const folder = resolve(root, process.env.PAGE ?? "target/page");
const program = resolve(root, process.env.IKECOMPAT ?? "target/debug/ikecompat");
const corpus = join(root, "tests/corpus");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let chromium, site, context;

before(async () => {
  [chromium, site] = [await browser(), await host(folder)];
  context = await chromium.newContext();
});
after(async () => {
  await chromium.close();
  await site.close();
});

const text = (page, selector) => page.locator(selector).innerText();
const answered = (page, door) => page.waitForSelector(`#answer-${door}:not([aria-busy]) > div`);

/** Saves the file of a button and gives its content. */
async function saved(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: `Save ${name}`, exact: true }).click()]);
  return readFileSync(await download.path());
}

test("Check: a pasted configuration, its answer, and the place of a mistake", async () => {
  const { page, complaints } = await open(context, `${site.base}#check`);
  await page.fill("#text-check", readFileSync(join(root, "examples/before.yaml"), "utf8"));
  await page.click("#form-check [type=submit]");
  await answered(page, "check");
  assert.match(await text(page, "#answer-check"), /2 of 7 clients connect/);
  assert.match(await text(page, "#answer-check"), /What would serve all of them/);

  await page.fill("#text-check", "phase1:\n  - {encryption: aes257, hash: sha256, dh: 14}\nphase2:\n  - aes256-sha256\n");
  await page.click("#form-check [type=submit]");
  await page.waitForSelector("#answer-check .finding.error");
  assert.match(await text(page, "#answer-check"), /aes257/);
  await page.getByRole("button", { name: "Line 2 in the text" }).click();
  const marked = await page.evaluate(() => {
    const area = document.getElementById("text-check");
    return area.value.slice(area.selectionStart, area.selectionEnd);
  });
  assert.match(marked, /aes257/);
  assert.deepEqual(complaints, []);
  await page.close();
});

test("Check: filled in, in pfSense's words, and linked", async () => {
  const { page } = await open(context, `${site.base}#check`);
  await page.check("[name=by][value=form]");
  await page.locator("#phase1 select").nth(2).selectOption({ label: "2 (1024 bit)" });
  await page.locator("#phase2 select").nth(1).selectOption({ label: "SHA1" });
  await page.click("#form-check [type=submit]");
  await answered(page, "check");
  assert.match(await text(page, "#answer-check"), /2 of 7 clients connect/);
  const address = page.url();
  assert.match(address, /p1=aes256\.sha256\.modp1024/);
  await page.close();

  const again = await open(context, address);
  await answered(again.page, "check");
  assert.match(await text(again.page, "#answer-check"), /2 of 7 clients connect/);
  await again.page.close();
});

test("Check: filled in for a product whose version has to be known", async () => {
  const { page } = await open(context, `${site.base}#check?by=form&product=rras`);
  await page.click("#form-check [type=submit]");
  await answered(page, "check");
  assert.match(await text(page, "#answer-check"), /judged as rras, rras@2025/);
  await page.locator("#phase1 select").first().selectOption({ label: "GCMAES256" });
  await page.click("#form-check [type=submit]");
  await answered(page, "check");
  assert.match(page.url(), /engine=rras/);
  await page.close();
});

test("Recommend: a plan, its alternatives, its files, its address", async () => {
  const { page } = await open(context, `${site.base}#recommend`);
  await page.selectOption("#product-recommend", "opnsense");
  await page.click("#form-recommend .options summary");
  await page.fill("#address-recommend", "vpn.secret-company.example");
  await page.click("#form-recommend [type=submit]");
  await answered(page, "recommend");
  assert.match(await text(page, "#answer-recommend"), /on opnsense/i);
  const yaml = await saved(page, "server/server.yaml");
  assert.match(yaml.toString(), /product: opnsense/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /ikecompat\.zip/ }).click()]);
  const list = execFileSync("python3", ["-m", "zipfile", "-l", await download.path()], { encoding: "utf8" });
  assert.match(list, /ikecompat\/README\.md/);
  assert.match(list, /ikecompat\/server\/server\.yaml/);
  const plans = page.locator(".choice tbody button");
  if (await plans.count()) {
    await plans.last().click();
    await page.waitForFunction(() => location.hash.includes("plan="));
    assert.equal(await page.locator(".choice tbody button").last().getAttribute("aria-pressed"), "true");
  }
  const address = page.url();
  assert.ok(!address.includes("secret-company"), address);
  await page.close();

  const again = await open(context, address);
  await answered(again.page, "recommend");
  assert.match(await text(again.page, "#answer-recommend"), /on opnsense/i);
  assert.equal(await again.page.inputValue("#product-recommend"), "opnsense");
  await again.page.close();
});

test("Recommend: the server as it is, its certificate, post-quantum", async () => {
  const { page, complaints } = await open(context, `${site.base}#recommend?clients=windows-10,ios-16`);
  await answered(page, "recommend");
  for (const summary of await page.locator("#form-recommend .options summary").all()) await summary.click();
  await page.fill("#server-recommend", readFileSync(join(root, "examples/swanctl.conf"), "utf8"));
  await page.fill("#cert-recommend", readFileSync(join(corpus, "certificates/rsa-name-only.pem"), "utf8"));
  await page.click("#form-recommend [type=submit]");
  await page.waitForFunction(() => /on strongswan/i.test(document.getElementById("answer-recommend").textContent));
  // What the plan changes in the configuration that was pasted, in an order that loses nobody.
  await page.getByRole("button", { name: /^Save server\/change/ }).first().waitFor();
  // The page asks in the order of its list.
  const native = execFileSync(program, ["recommend", "--server", "examples/swanctl.conf", "--clients", "ios-16,windows-10", "--format", "json",
    "--server-cert", join(corpus, "certificates/rsa-name-only.pem")], { cwd: root, encoding: "utf8" });
  const said = JSON.parse((await saved(page, "plan.json")).toString());
  assert.deepEqual(said.plans, JSON.parse(native.replaceAll("examples/swanctl.conf", "configuration")).plans);
  assert.ok(!page.url().includes("BEGIN") && !page.url().includes("connections"), page.url());

  await page.fill("#cert-recommend", "-----BEGIN CERTIFICATE-----\nno\n");
  await page.click("#form-recommend [type=submit]");
  await page.waitForSelector("#answer-recommend .finding.error");
  assert.match(await text(page, "#answer-recommend"), /the server's certificate/);
  await page.fill("#server-recommend", "phase1: aes257\nphase2: aes256-sha256\n");
  await page.fill("#cert-recommend", "");
  await page.click("#form-recommend [type=submit]");
  await page.getByRole("button", { name: "Line 1 in the text" }).first().waitFor();
  assert.deepEqual(complaints, []);
  await page.close();

  const hybrid = await open(context, `${site.base}#recommend?clients=strongswan-6.0&product=strongswan&pq=yes`);
  await answered(hybrid.page, "recommend");
  assert.match(await text(hybrid.page, "#answer-recommend"), /ke1_mlkem768/);
  assert.ok(await hybrid.page.isChecked("#form-recommend [name=pq]"));
  await hybrid.page.close();
});

test("Diagnose: the cause, redacted unless somebody wants it otherwise", async () => {
  const { page } = await open(context, `${site.base}#diagnose`);
  const log = readFileSync(join(corpus, "logs/no-ike-config-server-pfsensefile.log"), "utf8");
  await page.fill("#text-diagnose", log);
  await page.click("#form-diagnose [type=submit]");
  await answered(page, "diagnose");
  assert.match(await text(page, "#answer-diagnose"), /no_ike_config|no IKE config/i);
  const addresses = new Set(log.match(/\b(?!192\.0\.2\.|198\.1[89]\.)(?:\d{1,3}\.){3}\d{1,3}\b/g) ?? []);
  assert.ok(addresses.size > 0);
  let shown = await page.innerHTML("body");
  for (const one of addresses) assert.ok(!shown.includes(one), `${one} is shown`);
  const markdown = (await saved(page, "diagnosis.md")).toString();
  for (const one of addresses) assert.ok(!markdown.includes(one), `${one} is copied`);
  await page.uncheck("[name=redact]");
  await page.waitForFunction((all) => all.some((one) => document.body.innerHTML.includes(one)), [...addresses]);
  await page.check("[name=redact]");
  await page.waitForFunction((all) => all.every((one) => !document.body.innerHTML.includes(one)), [...addresses]);
  await page.close();
});

test("Clients: search, a client, an algorithm, a comparison, each at its address", async () => {
  const { page, complaints } = await open(context, `${site.base}#clients`);
  await page.waitForSelector("#answer-clients li[data-id]");
  await page.fill("#words-clients", "ios 18");
  const found = page.locator("#answer-clients li[data-id]:not([hidden])");
  const ids = await found.evaluateAll((all) => all.map((one) => one.dataset.id));
  assert.ok(ids.includes("ios-17") && ids.length < 10, ids.join(" "));
  await found.locator('a[href="#clients/ios-17"]').click();
  await page.waitForFunction(() => document.getElementById("title-clients").textContent.includes("iOS"));
  assert.ok(page.url().endsWith("#clients/ios-17"));
  assert.match(await text(page, "#answer-clients"), /strongswan\/issues\/2861|issue 2861/);
  await page.locator('#answer-clients a[href="#clients/algorithm/ecp256"]').first().click();
  await page.waitForFunction(() => document.getElementById("title-clients").textContent === "ecp256");
  assert.match(await text(page, "#answer-clients"), /19 \(nist ecp256\)/);
  await page.goto(`${site.base}#clients/compare/ios-17,windows-11`);
  await page.waitForFunction(() => document.getElementById("title-clients").textContent.includes("side by side"));
  assert.match(await text(page, "#answer-clients"), /windows-11/);
  for (const path of ["matrix", "unknown"]) {
    await page.goto(`${site.base}#clients/${path}`);
    await page.waitForSelector("#answer-clients table");
  }
  assert.deepEqual(complaints, []);
  await page.close();
});

test("No request leaves the page, and none is made for an answer", async () => {
  const own = await chromium.newContext();
  const { page, requests } = await open(own, `${site.base}#check`);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated");
  // The browser looks at the icon again whenever the address changes.
  const answers = () => requests.filter((url) => !url.endsWith("/icon.svg"));
  const before = answers().length;
  await page.click("#example-check");
  await answered(page, "check");
  for (const door of ["recommend", "diagnose", "clients"]) {
    await page.click(`.doors a[href="#${door}"]`);
    await page.waitForSelector(`#door-${door}:not([hidden])`);
  }
  await page.waitForSelector("#answer-clients li[data-id]");
  assert.ok(before > 5);
  assert.deepEqual(answers().slice(before), []);
  for (const url of requests) assert.ok(url.startsWith(site.base) || url.startsWith("blob:"), url);
  await own.close();
});

test("It works without a network once it was opened", async () => {
  const own = await chromium.newContext();
  const { page } = await open(own, `${site.base}#check`);
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === "activated");
  await own.setOffline(true);
  await page.reload();
  await page.waitForSelector("html[data-ready]");
  await page.click("#example-check");
  await answered(page, "check");
  assert.match(await text(page, "#answer-check"), /2 of 7 clients connect/);
  await own.close();
});

test("It works from a disk", async () => {
  const own = await chromium.newContext();
  const { page } = await open(own, `file://${folder}/index.html#check`);
  await page.click("#example-check");
  await answered(page, "check");
  assert.match(await text(page, "#answer-check"), /2 of 7 clients connect/);
  await own.close();
});

test("Secrets of a configuration are in no part of the page and in no file", async () => {
  const { page } = await open(context, `${site.base}#check`);
  const secret = "Sw0rdf1sh-of-the-test";
  const lines = [
    "connections {", "  rw {", "    version = 2", "    proposals = aes256-sha256-modp2048, aes999", `    ppk_id = ${secret}`,
    "    local {", "      auth = pubkey", "    }", "    remote {", "      auth = eap-mschapv2", "    }",
    "    children {", "      rw {", "        esp_proposals = aes256-sha256", "      }", "    }", "  }", "}",
    "secrets {", "  eap-one {", "    id = carol", `    secret = "${secret}"`, "  }", "}", "",
  ];
  writeFileSync(join(tmpdir(), "ikecompat-secret.conf"), lines.join("\n"));
  await page.setInputFiles("#file-check", join(tmpdir(), "ikecompat-secret.conf"));
  await page.click("#form-check [type=submit]");
  await page.waitForSelector("#answer-check:not([aria-busy]) > *");
  assert.ok(!(await page.content()).includes(secret));
  for (const button of await page.getByRole("button", { name: /^Save / }).all()) {
    const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
    assert.ok(!readFileSync(await download.path(), "utf8").includes(secret));
  }
  assert.ok(!page.url().includes(secret));
  await page.close();
});

/** Files that end so, in a folder of the corpus. */
const files = (under, ...ends) => readdirSync(join(corpus, under)).filter((name) => ends.some((end) => name.endsWith(end))).sort().map((name) => join(corpus, under, name));

test("The page answers as the program does, about 60 files", async () => {
  const { page } = await open(context, `${site.base}#check`);
  const native = (...args) => {
    const path = args.pop();
    try {
      return execFileSync(program, [...args, basename(path)], { cwd: dirname(path), encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    } catch (error) {
      return error.status === 1 ? error.stdout : null; // 1 is an answer too
    }
  };
  const configurations = [
    ...["before.yaml", "after.yaml", "server.yaml", "swanctl.conf"].map((name) => join(root, "examples", name)),
    ...files("pfsense", ".xml"), ...files("opnsense", ".xml"), ...files("ipsec-conf", ".conf"), ...files("libreswan", ".conf"),
    ...files("server-yaml", ".yaml"), ...files("powershell", ".ps1"), ...files("pfsense/broken", ".xml"), ...files("swanctl/broken", ".conf"),
    ...files("server-yaml/broken", ".yaml"),
  ].slice(0, 24);
  let compared = 0;
  for (const path of configurations) {
    const expected = native("check", "--format", "json", path);
    await page.setInputFiles("#file-check", path);
    await page.click("#form-check [type=submit]");
    await page.waitForSelector("#answer-check:not([aria-busy]) > *");
    if (expected === null || JSON.parse(expected).unreadable.length) {
      assert.ok(await page.locator("#answer-check .finding.error").count(), `${path} is refused by the program`);
    } else {
      assert.deepEqual(JSON.parse(await saved(page, "answer.json")), JSON.parse(expected), path);
    }
    compared += 1;
    await page.evaluate(() => document.getElementById("answer-check").replaceChildren());
  }
  await page.click('.doors a[href="#diagnose"]');
  await page.uncheck("[name=redact]");
  const logs = files("logs", ".log", ".pcap", ".txt").slice(0, 60 - compared + 4);
  for (const path of logs) {
    const expected = native("diagnose", "--format", "json", path);
    await page.setInputFiles("#file-diagnose", path);
    await page.click("#form-diagnose [type=submit]");
    await answered(page, "diagnose");
    assert.deepEqual(JSON.parse(await saved(page, "diagnosis.json")), JSON.parse(expected), path);
    compared += 1;
    await page.evaluate(() => document.getElementById("answer-diagnose").replaceChildren());
  }
  assert.ok(compared >= 60, `${compared} files`);
  await page.close();
});

test("A log of 100 MB is read with progress, and the page does not freeze", async (t) => {
  const place = mkdtempSync(join(tmpdir(), "ikecompat-"));
  const path = join(place, "large.log");
  const lines = readFileSync(join(corpus, "logs/ike-mismatch-server-syslog.log"));
  writeFileSync(path, Buffer.concat(Array(Math.ceil(100e6 / lines.length)).fill(lines)));
  const { page } = await open(context, `${site.base}#diagnose`);
  await page.setInputFiles("#file-diagnose", path);
  await page.evaluate(() => {
    window.longest = 0;
    window.steps = new Set();
    let last = performance.now();
    const look = () => {
      const now = performance.now();
      window.longest = Math.max(window.longest, now - last);
      window.steps.add(document.getElementById("bar-diagnose").value);
      last = now;
      window.timer = setTimeout(look, 10);
    };
    look();
  });
  const began = performance.now();
  await page.click("#form-diagnose [type=submit]");
  await page.waitForSelector("#answer-diagnose:not([aria-busy]) > div", { timeout: 120_000 });
  const took = performance.now() - began;
  const { longest, steps } = await page.evaluate(() => ({ longest: window.longest, steps: window.steps.size }));
  t.diagnostic(`100 MB in ${Math.round(took)} ms; longest wait of the page ${Math.round(longest)} ms; ${steps} steps of progress`);
  assert.ok(steps > 10, `${steps} steps`);
  await page.close();
  rmSync(place, { recursive: true });
});

test("The first answer comes at once", async (t) => {
  const own = await chromium.newContext();
  const { page } = await open(own, `${site.base}#check`);
  const ready = await page.evaluate(() => performance.getEntriesByName("ready")[0].startTime);
  // It has answered once for nobody before anybody has read its first line.
  await page.waitForFunction(() => performance.getEntriesByName("warm").length);
  const warm = await page.evaluate(() => performance.getEntriesByName("warm")[0].startTime);
  const took = await page.evaluate(() => new Promise((done) => {
    const began = performance.now();
    const box = document.getElementById("answer-check");
    new MutationObserver(() => { if (box.querySelector("table")) done(performance.now() - began); }).observe(box, { childList: true });
    document.getElementById("example-check").click();
  }));
  t.diagnostic(`ready ${Math.round(ready)} ms after navigation, warm ${Math.round(warm)} ms, first answer ${Math.round(took)} ms after the click`);
  await own.close();
});

test("Nothing is in the way of who cannot see or point, in light and dark, narrow and wide", async () => {
  const own = await chromium.newContext();
  const { page } = await open(own, `${site.base}#check`);
  const look = async (what) => {
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document));
    const said = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
    assert.deepEqual(said, [], what);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wider <= 0, `${what} is wider than the screen by ${wider}`);
  };
  const shot = async (name) => {
    if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`), fullPage: true });
  };
  const doors = {
    check: async () => { await page.click("#example-check"); await answered(page, "check"); },
    form: async () => { await page.check("[name=by][value=form]"); await page.evaluate(() => { document.querySelector("#form-check .options").open = true; }); },
    recommend: async () => { await page.click("#form-recommend [type=submit]"); await answered(page, "recommend"); },
    diagnose: async () => {
      await page.fill("#text-diagnose", readFileSync(join(corpus, "logs/ike-mismatch-server-syslog.log"), "utf8"));
      await page.click("#form-diagnose [type=submit]");
      await answered(page, "diagnose");
    },
    clients: async () => page.waitForSelector("#answer-clients li[data-id]"),
    "clients/windows-11": async () => page.waitForSelector("#answer-clients table"),
    "clients/matrix": async () => page.waitForFunction(() => document.querySelectorAll("#answer-clients table").length === 2),
    "clients/algorithm/modp1024": async () => page.waitForFunction(() => document.getElementById("title-clients").textContent === "modp1024"),
  };
  for (const [width, colorScheme] of [[360, "light"], [820, "dark"], [1440, "light"], [1440, "dark"]]) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    for (const [door, use] of Object.entries(doors)) {
      await page.goto("about:blank");
      await page.goto(`${site.base}#${door === "form" ? "check" : door}`);
      await page.waitForSelector("html[data-ready]");
      await use();
      await look(`${door} at ${width}, ${colorScheme}`);
      await shot(`${door.replaceAll("/", "-")}-${width}-${colorScheme}`);
    }
  }
  await own.close();
});

test("The keyboard is enough", async () => {
  const { page } = await open(context, `${site.base}#check`);
  const press = async (key, times = 1) => { for (let i = 0; i < times; i += 1) await page.keyboard.press(key); };
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  await press("Tab");
  assert.equal(await focused(), "To the content");
  for (let steps = 0; (await focused()) !== "example-check"; steps += 1) {
    assert.ok(steps < 20, "the example cannot be reached");
    await press("Tab");
  }
  await press("Enter");
  await answered(page, "check");
  assert.equal(await focused(), "answer-check");
  await page.close();
});

test("Without scripts the page says what to do, and the database can be read", async () => {
  const own = await chromium.newContext({ javaScriptEnabled: false });
  const page = await own.newPage();
  await page.goto(site.base);
  assert.match(await text(page, "main"), /cargo install/);
  await page.click("a[href='database/index.html']");
  await page.click("a[href='clients/ios-17.html']");
  assert.match(await text(page, "h1"), /iOS/);
  await page.locator("a[href='../algorithms/ecp256.html']").first().click();
  assert.equal(await text(page, "h1"), "ecp256");
  await own.close();
});
