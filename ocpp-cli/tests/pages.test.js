// The pages of `ocpp csms` and `ocpp station` in a browser: a newcomer plays with a charging site. OCPP names the program, OCPP_BROWSER
// another browser than Debian's Chromium, OCPP_SHOTS a folder for pictures.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const HOSTILE = `<img src=x onerror="document.title='owned'">`;
const folder = mkdtempSync(join(tmpdir(), "pages-"));
const programs = [];
let browser;

/** Starts the program; the addresses that it tells, by their names. */
async function start(addresses, ...args) {
  const child = spawn(process.env.OCPP ?? "ocpp", [...args, "--log", "off"], { stdio: ["ignore", "pipe", "inherit"] });
  programs.push(child);
  const told = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, url] = line.split(": ");
    told[what] = url;
    if (Object.keys(told).length === addresses) break;
  }
  return told;
}

const csms = (...more) => start(3, "csms", "--listen", "127.0.0.1:0", "--api", "127.0.0.1:0", ...more);
const station = (url, id, ...more) => start(2, "station", "--url", url, "--id", id, "--control", "127.0.0.1:0", ...more);

before(async () => {
  browser = await chromium.launch({ executablePath: process.env.OCPP_BROWSER ?? "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
  await browser?.close();
  for (const child of programs) child.kill();
  rmSync(folder, { recursive: true, force: true });
});

async function open(url, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(error.message));
  // What is refused is told to people, and to the console by the browser itself.
  page.on("console", (message) => message.type() === "error" && !/status of (401|404|409)/.test(message.text()) && page.problems.push(message.text()));
  await page.goto(url);
  return page;
}

const sees = (page, selector, text) => page.locator(selector, { hasText: text }).first().waitFor({ timeout: 15000 });
const shot = (page, name) => (process.env.OCPP_SHOTS ? page.screenshot({ path: join(process.env.OCPP_SHOTS, `${name}.png`), fullPage: true }) : undefined);
/** Nothing sticks out to the right. */
const fits = async (page) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no scrolling sideways");
const press = (page, name, scope = "body") => page.locator(scope).getByRole("button", { name, exact: true }).first().click();

for (const version of ["1.6", "2.0.1"]) {
  test(`a charging site in two windows: ${version}`, async () => {
    const site = await csms();
    const { page: control } = await station(site.stations, "CP001", "--version", version, "--evses", "2", "--vendor", version === "1.6" ? "<img src=x>" : HOSTILE, "--time-scale", "600");
    const operator = await open(site.page);
    const charger = await open(control);
    await sees(operator, "article", "CP001");
    await sees(charger, "#live", version);
    await shot(operator, `csms-stations-${version}`);

    // A card that nobody knows, then one that was put.
    await press(charger, "Plug in", "#evses");
    await press(charger, "Present", "#card");
    await sees(charger, "#decided", "Invalid");
    await operator.click('nav a[href="#/tokens"]');
    await operator.fill('input[name="token"]', "04A2B3C4");
    await press(operator, "Put");
    await sees(operator, "td", "04A2B3C4");
    await press(charger, "Present", "#card");
    await sees(charger, "#decided", "Accepted");
    await sees(charger, "#evses", version === "1.6" ? "Charging" : "Occupied");

    await operator.goto(`${site.page}#/stations/CP001`);
    await sees(operator, "dd", "04A2B3C4");
    await sees(operator, ".words", version === "1.6" ? "04A2B3C4 begins to charge" : "goes on");
    await operator.getByText("Limit what is charged").click();
    await operator.fill('input[name="limit"]', "10");
    await press(operator, "Limit");
    await sees(operator, "#told", "Limit: Accepted");
    await press(operator, "Look again");
    await sees(operator, "td", version === "1.6" ? "ChargePointMaxProfile" : "ChargingStationMaxProfile");
    await sees(operator, ".words", "Keep to this limit: 10 A");
    await operator.locator("svg.plot").waitFor();
    await press(operator, "Read all");
    await sees(operator, "td", "HeartbeatInterval");
    await operator.locator(".message", { hasText: "BootNotification" }).last().click();
    await sees(operator, "li pre", version === "1.6" ? "chargePointVendor" : "vendorName");
    await shot(operator, `csms-station-${version}`);
    await shot(charger, `station-${version}`);

    // Whatever a station has written stays text.
    assert.equal(await operator.locator("img").count(), 0);
    assert.notEqual(await operator.title(), "owned");
    await sees(operator, "p", "<img src=x");

    await press(operator, "Stop");
    await sees(operator, "#told", "Stop: Accepted");
    await press(charger, "Ground fault", "#evses");
    await sees(charger, "#evses", "Faulted");
    await press(charger, "Fault ends", "#evses");
    await press(charger, "Unplug", "#evses");
    await operator.click('nav a[href="#/transactions"]');
    await operator.selectOption("select", "");
    await sees(operator, "td", "CP001");
    await sees(operator, "td", "kWh");
    await shot(operator, `csms-transactions-${version}`);
    await operator.click('nav a[href="#/events"]');
    await sees(operator, ".message", "TransactionEnded");
    await press(charger, "Cut the network");
    await sees(charger, "#live", "not connected");
    await operator.click('nav a[href="#/stations"]');
    await sees(operator, "article", "not connected");
    assert.deepEqual([...operator.problems, ...charger.problems], []);
    await operator.close();
    await charger.close();

    for (const colorScheme of ["light", "dark"]) {
      const narrow = { viewport: { width: 400, height: 800 }, colorScheme };
      const phone = await open(`${site.page}#/stations/CP001`, narrow);
      await sees(phone, "h2", "Operations");
      await phone.locator("svg.plot").waitFor();
      await shot(phone, `phone-csms-${version}-${colorScheme}`);
      await fits(phone);
      for (const view of ["stations", "transactions", "tokens", "events"]) {
        await phone.click(`nav a[href="#/${view}"]`);
        await phone.locator(`nav a[aria-current][href="#/${view}"]`).waitFor();
        await fits(phone);
      }
      const pole = await open(control, narrow);
      await pole.locator("body[data-ready]").waitFor();
      await shot(pole, `phone-station-${version}-${colorScheme}`);
      await fits(pole);
      assert.deepEqual([...phone.problems, ...pole.problems], []);
      await phone.close();
      await pole.close();
    }
  });
}

test("the token is asked for once", async () => {
  const file = join(folder, "tokens");
  writeFileSync(file, "read only-to-look-at-it\ncorrect-horse-battery\n");
  const site = await csms("--api-token-file", file);
  const page = await open(site.page);
  await page.fill("dialog input", "wrong-wrong-wrong-wrong");
  await page.press("dialog input", "Enter");
  await page.waitForFunction(() => document.querySelector("dialog input")?.value === "");
  await page.fill("dialog input", "only-to-look-at-it");
  await page.press("dialog input", "Enter");
  await sees(page, "p", "No station is known yet");
  await sees(page, "#live", "live");
  await page.click('nav a[href="#/tokens"]');
  await page.fill('input[name="token"]', "A");
  await press(page, "Put");
  await sees(page, "#told .bad", "the token may read, and this needs one that may operate");
  await page.reload();
  await sees(page, "h2", "Put a token");
  assert.equal(await page.locator("dialog").count(), 0);
});
