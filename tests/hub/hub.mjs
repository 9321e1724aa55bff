// The Developer Hub in a real browser: every view on real data, light, dark and on a phone; no console error, no request
// to another host, no serious finding of axe. Usage: node hub.mjs URL TOKEN KATONIC SCREENSHOTS

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [url, token, katonic, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const VIEWS = ["overview", "keys", "endpoints", "playground", "traces", "audit", "agents", "evaluations", "operations"];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const problems = [];
/// What the browser says where a call is to be refused.
let expected = /^$/;

async function open(options) {
  const context = await browser.newContext(options);
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: url });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && !expected.test(message.text()) && problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => !request.url().startsWith(url) && !request.url().startsWith("data:") && !request.url().startsWith("blob:") && problems.push(`another host: ${request.url()}`));
  return page;
}

const link = () => JSON.parse(execFileSync(katonic, ["hub", "open", "--json"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })).url;
const ready = (page) => page.locator(".shell main h1").waitFor();

async function go(page, view) {
  await page.goto(`${url}/studio/public-api#/${view}`);
  await page.waitForFunction(() => document.querySelector("main h1") && !document.querySelector("main .loading"));
}

async function accessible(page, view) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations.filter((one) => ["serious", "critical"].includes(one.impact));
  return serious.map((one) => `${view}: ${one.id}: ${one.nodes[0].html}`);
}

// Signing in: a wrong token is refused, a link works once.
expected = /status of 401/;
{
  const page = await open({});
  await page.goto(`${url}/studio/public-api`);
  await page.getByLabel("Operator's token").fill("kop_wrong");
  await page.keyboard.press("Enter");
  await page.getByText("mistyped").waitFor();
  const once = link();
  await page.goto("about:blank");
  await page.goto(once);
  await ready(page);
  assert.equal(new URL(page.url()).hash, "", "the code leaves the address");
  const second = await open({});
  await second.goto(once);
  await second.getByText("This link was used").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByLabel("Operator's token").fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
  await ready(page);
}

expected = /^$/;

for (const [name, options] of [
  ["light", { viewport: { width: 1280, height: 900 }, colorScheme: "light" }], ["dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["phone", { viewport: { width: 390, height: 844 }, colorScheme: "light", hasTouch: true }],
]) {
  const page = await open(options);
  await page.goto(link());
  await ready(page);
  for (const view of VIEWS) {
    await go(page, view);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) problems.push(`${view} on ${name} is ${wide} pixels too wide`);
    if (shots) await page.screenshot({ path: `${shots}/${name}-${view}.png` });
    problems.push(...(await accessible(page, `${view}, ${name}`)));
  }
  await page.context().close();
}

const page = await open({ viewport: { width: 1280, height: 900 } });
await page.goto(link());
await ready(page);

const name = `from-the-hub-${Date.now()}`;

// The time that is chosen is the time that is shown.
const asked = page.waitForRequest((request) => request.url().includes("/analytics/usage") && request.url().includes("bucket=day"));
await page.getByLabel("Time", { exact: true }).selectOption("30 days");
const from = new Date(new URL((await asked).url()).searchParams.get("from"));
assert.equal(Math.round((Date.now() - from) / 86400e3), 30);
await page.locator(".tile small", { hasText: "30 days" }).waitFor();

// A key: made, its secret shown once, rotated, and revoked by its name.
await go(page, "keys");
const box = async (place) => place.boundingBox();
const row = page.locator("tbody tr", { hasText: "sandbox-chat" });
const [called, shown] = [await box(row.locator("strong")), await box(row.locator("code").first())];
assert.ok(called.x + called.width <= shown.x, "the name does not lie over the key");
const [last, panel] = [await box(page.getByRole("button", { name: "Revoke sandbox-chat" })), await box(page.locator("main .panel").first())];
assert.ok(last.x + last.width <= panel.x + panel.width, "what is done with a key is in sight");
await page.getByRole("button", { name: "Create a key" }).click();
await page.getByLabel("Name").fill(name);
await page.getByLabel("Calls a minute").fill("60");
await page.getByRole("button", { name: "Create", exact: true }).click();
const secret = await page.locator("dialog .secret pre").textContent();
assert.match(secret, /^kapi_/);
assert.equal((await fetch(`${url}/public/v1/agents`, { headers: { authorization: `Bearer ${secret}` } })).status, 403, "it is known, and holds other scopes");
await page.getByRole("button", { name: "Close" }).click();
await page.getByRole("button", { name: `Rotate ${name}` }).click();
await page.getByRole("button", { name: "Rotate", exact: true }).click();
await page.locator("dialog .secret pre").waitFor();
await page.getByRole("button", { name: "Close" }).click();
await page.getByText("○ ROTATING").waitFor();
await page.getByRole("button", { name: `Revoke ${name}` }).click();
await page.getByLabel(`Type ${name} to confirm`).fill(name);
await page.getByRole("button", { name: "Revoke", exact: true }).click();
await page.getByText("✕ REVOKED").first().waitFor();
assert.equal((await fetch(`${url}/public/v1/models`, { headers: { authorization: `Bearer ${secret}` } })).status, 401);

// A conversation, event by event, and its trace.
await go(page, "playground");
await page.getByLabel("Acts for").fill("sarah@example.org");
await page.getByLabel("Question").fill("What's the remote work policy?");
await page.getByRole("button", { name: "Ask" }).click();
await page.getByText(/Rails, input: 8\/8/).waitFor();
await page.locator(".turn ol li").first().waitFor();
await page.locator(".turn").getByRole("link", { name: "trace" }).click();
await page.getByText("Where the time went").waitFor();
await page.getByText("katonic/extractive").first().waitFor();
await page.getByText("input: 8/8 pass").waitFor();
if (shots) await page.screenshot({ path: `${shots}/trace.png`, fullPage: true });

// An endpoint: its snippets, and a real call.
await go(page, "endpoints/Search");
await page.getByLabel("Language").selectOption("Python");
await page.getByText("import httpx").waitFor();
await page.getByLabel("Act for").fill("sarah@example.org");
await page.getByLabel("Body").fill('{"query": "remote work"}');
await page.getByRole("button", { name: "Send" }).click();
await page.getByText("HR-2024-08").first().waitFor();
if (shots) await page.screenshot({ path: `${shots}/endpoint.png`, fullPage: true });

// The chain, walked; a run; an agent.
await go(page, "audit");
await page.getByRole("button", { name: "Verify the chain" }).click();
await page.getByText("The chain holds").waitFor();
await go(page, "evaluations");
await page.locator("tbody tr").first().click();
await page.getByRole("button", { name: "Compare with what is live" }).click();
await page.getByText(/in pass rate over/).waitFor();
if (shots) await page.screenshot({ path: `${shots}/run.png` });
await go(page, "agents/hr-assistant");
await page.getByRole("heading", { name: "Promotions" }).waitFor();
await page.getByText("No answers of prod are scored").waitFor();
execFileSync(katonic, ["agents", "promote", "hr-assistant", "--env=prod", "--canary=10", "--override=a test"], { stdio: ["ignore", "pipe", "ignore"] });
await page.reload();
await ready(page);
await page.getByRole("heading", { name: "Canaries" }).waitFor();
if (shots) await page.screenshot({ path: `${shots}/canary.png` });
await page.getByRole("button", { name: "End" }).click();
await page.getByRole("heading", { name: "Canaries" }).waitFor({ state: "detached" });

// By keyboard alone: skip to the content, go to the keys, open and leave the form.
await go(page, "overview");
await page.reload();
await ready(page);
await page.keyboard.press("Tab");
assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
await page.locator("#to-keys").focus();
await page.keyboard.press("Enter");
await page.getByRole("button", { name: "Create a key" }).focus();
await page.keyboard.press("Enter");
await page.keyboard.press("Escape");
await page.locator("dialog").waitFor({ state: "detached" });

// Who only asks and searches sees only that, and meets no refusal.
const made = JSON.parse(execFileSync(katonic, ["operators", "create", `viewer-${Date.now()}`, "--role", "viewer", "--json"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
const viewer = await open({ viewport: { width: 1280, height: 900 } });
expected = /status of 401/;
await viewer.goto(`${url}/studio/public-api`);
await viewer.getByLabel("Operator's token").fill(made.secret);
await viewer.keyboard.press("Enter");
await ready(viewer);
expected = /^$/;
const links = await viewer.locator(".side > a").allTextContents();
assert.equal(await viewer.locator(".side .foot a").getAttribute("href"), "/docs/");
assert.deepEqual(links, ["Endpoints", "Playground", "Agents"]);
for (const name of links) {
  await viewer.getByRole("link", { name }).click();
  await viewer.waitForFunction((title) => document.title.startsWith(title) && !document.querySelector("main .loading"), name);
  assert.equal(await viewer.getByRole("link", { name, exact: true }).getAttribute("aria-current"), "page");
  assert.equal(await viewer.locator("[role=alert]").count(), 0, name);
}

await browser.close();
assert.deepEqual(problems, []);
console.log(`${VIEWS.length} views in three forms: no problem.`);
