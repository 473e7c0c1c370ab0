// The page in a browser, opened from the disk and without network. OCPP_BROWSER names another one than Debian's Chromium.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const folder = mkdtempSync(join(tmpdir(), "playground-"));
const executablePath = process.env.OCPP_BROWSER ?? "/usr/bin/chromium";
let context;
let page;
let problems;

before(async () => {
  context = await chromium.launchPersistentContext(join(folder, "profile"), { executablePath, args: FLAGS, offline: true });
});

after(async () => {
  await context?.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  await page?.close();
  page = await context.newPage();
  problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("request", (request) => /^(file|data|blob):/.test(request.url()) || problems.push(request.url()));
  await page.goto(pathToFileURL(process.env.OCPP_PLAYGROUND ?? "playground.html").href);
  await page.waitForSelector("body[data-ready]");
  await page.selectOption("#speed", "0");
});

const texts = (selector) => page.locator(selector).allTextContents();
const click = async (...ids) => {
  for (const id of ids) await page.click(`#${id}`);
};
const settled = () => page.evaluate(() => new Promise(requestAnimationFrame));
const sees = (id, pattern) => page.waitForFunction(([id, source]) => new RegExp(source).test(document.getElementById(id).textContent), [id, pattern.source]);

for (const version of ["1.6", "2.0.1"]) {
  test(`a car is charged, limited, and billed: ${version}`, async () => {
    await page.selectOption("#version", version);
    await sees("registration", /Accepted/);
    await click("stranger");
    await click("plug", "card", "minute");
    await sees("power", /11\.0 kW/);
    await click("limit-10", "minute");
    await sees("limit", /10 A/);
    await sees("power", /6\.9 kW/);
    await click("limit-off", "minute");
    await sees("power", /11\.0 kW/);
    await click("remote-stop", "minute", "plug", "minute");
    await sees("bill", /kWh for 04A2B3C4$/);
    await sees("status", /Available/);
    const words = await texts("#traffic .words");
    assert.ok(words.some((text) => /I have started: Example Playground/.test(text)), "in words");
    assert.ok(words.some((text) => /Keep to this limit: 10 A/.test(text)));
    // All that was sent is right, says the other view.
    await click("check-all");
    await sees("summary", /^All \d+ right/);
    assert.deepEqual(problems, []);
  });

  test(`faults, the network, and power cuts: ${version}`, async () => {
    await page.selectOption("#version", version);
    await sees("registration", /Accepted/);
    await click("plug", "card", "minute", "network");
    await sees("link", /not connected/);
    await click("minute", "minute");
    assert.ok(Number(await page.textContent("#queued")) > 0, "messages wait");
    await click("network", "minute", "minute");
    await sees("link", /^connected/);
    await sees("queued", /^0$/);
    await click("mains");
    await sees("status", /No power/);
    await click("mains", "minute", "minute", "minute");
    await sees("bill", /kWh for 04A2B3C4/);
    await click("fault", "minute");
    await sees("status", version === "1.6" ? /Faulted/ : /Faulted|Unavailable|Occupied/);
    await click("fault", "meter", "reset", "minute", "trigger", "remote-start", "minute", "car", "car", "restart");
    await sees("bill", /No bill yet/);
    assert.deepEqual(problems, []);
  });
}

test("a message is shown in full, with the keyboard alone", async () => {
  await page.locator("#traffic button").first().focus();
  await page.keyboard.press("Enter");
  assert.match(await page.locator("#traffic .raw").first().textContent(), /BootNotification/);
  await page.locator("#tab-station").focus();
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.isVisible("#messages"));
  await page.keyboard.press("ArrowRight");
  assert.ok(await page.isVisible("#schedule"));
  await page.keyboard.press("Tab");
  await page.locator("#instant").focus();
  const before = await page.textContent("#explanation");
  await page.keyboard.press("End");
  assert.notEqual(await page.textContent("#explanation"), before);
});

test("messages and files are checked", async () => {
  await click("tab-messages");
  await sees("summary", /1 of 2 wrong/);
  assert.match((await texts("#verdicts .bad p"))[0], /\/chargePointModel/);
  await page.check("#lenient");
  await sees("summary", /All 2 right, 1 of them repaired/);
  await page.fill("#log", "nothing at all <b>&amp;");
  await sees("summary", /No OCPP message found/);
  await page.uncheck("#lenient");
  await page.fill("#log", "");
  await sees("summary", /Paste/);
  const file = join(folder, "some.log");
  writeFileSync(file, '12:00 sent [2,"1","Heartbeat",{"more":"<img src=x onerror=alert(1)>"}]\n'.repeat(400));
  await page.selectOption("#log-version", "1.6");
  await page.setInputFiles("#file", file);
  await sees("summary", /wrong/);
  assert.equal(await page.locator("#verdicts li").count(), 301);
  assert.equal(await page.locator("#verdicts img").count(), 0, "what a log says is text");
  const transfer = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['[2,"1","Heartbeat",{}]'], "dropped.log"));
    return data;
  });
  await page.dispatchEvent("#drop", "drop", { dataTransfer: transfer });
  await sees("summary", /All 1 right/);
  assert.deepEqual(problems, []);
});

test("a situation is drawn and explained", async () => {
  await click("tab-schedule");
  await sees("explanation", /decides/);
  const lines = await page.locator("#picture rect").count();
  assert.ok(lines >= 5);
  await page.selectOption("#situation-example", "replaced");
  await sees("explanation", /decides/);
  const situation = await page.inputValue("#situation");
  await page.fill("#situation", situation.slice(1));
  assert.notEqual(await page.textContent("#situation-problem"), "");
  assert.equal(await page.locator("#picture svg").count(), 0);
  await page.fill("#situation", situation);
  assert.equal(await page.textContent("#situation-problem"), "");
  assert.deepEqual(problems, []);
});

test("the page fits a telephone, and every control has a name", async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const tab of ["station", "messages", "schedule"]) {
    await click(`tab-${tab}`);
    await settled();
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${tab}: ${wide} pixels too wide`);
    const nameless = await page.evaluate(() => {
      const controls = [...document.querySelectorAll("button, select, input, textarea")];
      return controls.filter((one) => !(one.textContent.trim() || one.labels?.length || one.ariaLabel)).map((one) => one.outerHTML);
    });
    assert.deepEqual(nameless, []);
  }
});
