// The documentation's site in a real browser: light, dark and on a phone; search, contents, copying; no console error, no
// request to another host, no serious finding of axe. Usage: node site.mjs URL SCREENSHOTS

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [url, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PAGES = ["", "guides/hello.html", "reference/api/chat.html", "reference/cli/eval.html", "reference/rules.html", "security/threats.html"];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const problems = [];

async function open(options) {
  const context = await browser.newContext(options);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => !request.url().startsWith(url) && !request.url().startsWith("data:") && problems.push(`another host: ${request.url()}`));
  return page;
}

async function look(page, name) {
  // What axe brings is a script of the test's own, and so is not held to the page's policy.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  problems.push(...serious.map((one) => `${name}: ${one.id}: ${one.nodes[0].html}`));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
  if (wide) problems.push(`${name}: wider than the window`);
  if (shots) await page.screenshot({ path: `${shots}/${name}.png` });
}

for (const [size, width, height] of [["wide", 1280, 900], ["phone", 390, 844]]) {
  for (const colorScheme of ["light", "dark"]) {
    const page = await open({ viewport: { width, height }, colorScheme });
    for (const path of PAGES) {
      await page.goto(`${url}/docs/${path}`);
      await page.locator("main h1").first().waitFor();
      await look(page, `${size}-${colorScheme}-${path.replace(/\.html$/, "").replaceAll("/", "-") || "index"}`);
    }
    await page.context().close();
  }
}

const page = await open({ viewport: { width: 1280, height: 900 } });
await page.goto(`${url}/docs/guides/hello.html`);
assert.equal(await page.locator("nav a[aria-current]").textContent(), "Hello, in five minutes");
await page.keyboard.press("/");
await page.keyboard.type("rotate key");
await page.locator("#found a").first().waitFor();
assert.ok((await page.locator("#found").textContent()).includes("Rotate a key"));
if (shots) await page.screenshot({ path: `${shots}/search.png` });
await page.keyboard.press("ArrowDown");
await page.keyboard.press("Enter");
await page.waitForURL(/\/docs\/guides\/keys\.html/);
await page.locator("main h1", { hasText: "Rotate a key" }).waitFor();
await page.goto(`${url}/docs/guides/hello.html`);
const session = page.locator(".block", { hasText: "sick days" }).first();
await session.hover();
await session.locator("button").click();
assert.equal(await page.evaluate(() => navigator.clipboard.readText()), 'katonic chat hr-assistant "How many sick days do I have each year?"');
await page.locator("button.theme").click();
const theme = await page.evaluate(() => document.documentElement.dataset.theme);
await page.reload();
assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), theme, "what was chosen is kept");

const phone = await open({ viewport: { width: 390, height: 844 } });
await phone.goto(`${url}/docs/guides/keys.html`);
assert.ok(!(await phone.locator("nav").isVisible()));
await phone.locator("button.menu").click();
assert.ok(await phone.locator("nav").isVisible());
if (shots) await phone.screenshot({ path: `${shots}/phone-contents.png` });

await browser.close();
assert.deepEqual(problems, []);
console.log(`${PAGES.length} pages, light and dark, at 1280 and 390 px: no problem`);
