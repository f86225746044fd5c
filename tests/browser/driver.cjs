// Drives Chromium for test_dashboard.py: one JSON command per line on stdin, one JSON reply per
// line on stdout. All waits are for a condition on the page, at most PATIENCE seconds. Its modules
// are in the folder that NODE_PATH names.
'use strict';

const fs = require('fs');
const readline = require('readline');
const {chromium} = require('playwright-core');

const AXE = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const timeout = 1000 * (process.env.PATIENCE || 120);

let browser;
let page;
let problems = [];  // console errors, policy violations, failed requests

function within(promise) {
  return Promise.race([promise, new Promise((_, reject) => {
    setTimeout(reject, timeout, new Error('not in time')).unref();
  })]);
}

const commands = {
  async open({url, width = 1280, height = 900, scheme = 'light', script = true}) {
    if (page) await page.context().close();
    problems = [];
    const context = await browser.newContext({
      viewport: {width, height}, colorScheme: scheme, javaScriptEnabled: script});
    page = await context.newPage();
    page.setDefaultTimeout(timeout);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) problems.push(`requests ${request.url()}`);
    });
    const reply = await page.goto(url);
    return {status: reply.status()};
  },
  // Waits until the JavaScript expression is true. The page's policy forbids waitForFunction(),
  // which evaluates text in the page.
  wait: ({until}) => within(page.evaluate(`new Promise((done) => {
    const look = () => {
      if (!(${until})) return;
      changes.disconnect();
      done();
    };
    const changes = new MutationObserver(look);
    changes.observe(document,
                    {subtree: true, childList: true, attributes: true, characterData: true});
    addEventListener('scroll', look);
    look();
  })`)),
  evaluate: ({code}) => page.evaluate(code),
  press: ({key}) => page.keyboard.press(key),
  type: ({text}) => page.keyboard.type(text),
  click: ({selector}) => page.click(selector),
  text: ({selector}) => page.innerText(selector),
  visible: ({selector}) => page.isVisible(selector),
  problems: () => problems,
  async axe() {
    await page.evaluate(AXE);  // through the debugger, which no policy concerns
    const found = await page.evaluate(() => axe.run(document, {resultTypes: ['violations']}));
    return found.violations.map(({id, help, nodes}) =>
      `${id}: ${help}: ${nodes.slice(0, 3).map(({html}) => html).join(' ')}`);
  },
  screenshot: async ({path, full = false}) => {
    await page.screenshot({path, fullPage: full});
  },
};

async function main() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    // Root has no sandbox of Chromium; the page is this repository's own.
    args: process.getuid() === 0 ? ['--no-sandbox'] : []});
  for await (const line of readline.createInterface({input: process.stdin})) {
    const {command, ...rest} = JSON.parse(line);
    let reply;
    try {
      reply = {result: (await commands[command](rest)) ?? null};
    } catch (error) {
      reply = {error: String(error)};
    }
    process.stdout.write(JSON.stringify(reply) + '\n');
  }
  await browser.close();
}

main();
