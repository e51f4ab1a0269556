import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, type Browser, type Page } from 'puppeteer-core';
import type { Point } from '../../ts/demo/strokes.js';
import { chromium } from './chromium.js';
import { seven, three } from './drawings.js';

/**
 * The server in a process of its own: here it would share the event loop with the driver of the browser, which takes
 * one message a turn and falls behind while a net is trained.
 */
async function serve(cache: string): Promise<[ChildProcess, string]> {
  const program = fileURLToPath(new URL('serve.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', program, cache], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close').then(([code]) => {
    throw new Error(`the server ended with ${String(code)}`);
  });
  const [url] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  // It is killed in the end.
  ended.catch(() => undefined);
  return [child, String(url).trim()];
}

describe('demo/page', () => {
  let folder: string;
  let server: ChildProcess | undefined;
  let url: string;
  let browser: Browser | undefined;
  let page: Page;
  const complaints: string[] = [];
  const foreign: string[] = [];

  const text = (selector: string): Promise<string> =>
    page.$eval(selector, (found) => found.textContent.trim());
  const isEnabled = (selector: string): Promise<boolean> =>
    page.$eval(selector, (found) => !(found as unknown as { disabled: boolean }).disabled);
  const until = async (what: string, ready: () => Promise<boolean>): Promise<void> => {
    const end = Date.now() + 20_000;
    while (!(await ready())) {
      expect(Date.now(), `waited for ${what}`).to.be.below(end);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  };

  async function draw(line: readonly Point[]): Promise<void> {
    const box = (await (await page.$('#paper'))!.boundingBox())!;
    const at = ([x, y]: Point): Point => [box.x + x * box.width, box.y + y * box.height];
    await page.mouse.move(...at(line[0]!));
    await page.mouse.down();
    for (const point of line.slice(1)) await page.mouse.move(...at(point), { steps: 4 });
    await page.mouse.up();
  }

  before(async function () {
    const executablePath = chromium();
    if (executablePath === undefined) {
      console.warn('      needs Chromium: install it, or name it in CHROME');
      return this.skip();
    }
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-page-'));
    [server, url] = await serve(folder);
    // Chromium's own sandbox does not work for root, which containers run as; it sees no page but ours.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await launch({ executablePath, args, userDataDir: path.join(folder, 'profile') });
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) foreign.push(request.url());
    });
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(url);
    await until('the models', () => isEnabled('#start'));
  });
  after(async () => {
    await browser?.close();
    server?.kill('SIGKILL');
    if (folder) fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  afterEach(() => {
    expect(complaints, 'what the page wrote to its console').to.deep.equal([]);
    expect(foreign, 'what it asked of others').to.deep.equal([]);
  });

  it('says which data its models have learnt from', async () => {
    expect(await text('#about'))
      .to.contain('drawn pictures')
      .and.contain('of the test pictures right');
  });

  it('sees the 3 win while it is drawn, and nothing after it was cleared', async () => {
    await draw(three);
    await until('the guess', async () => /^This is a\s*3/.test(await text('#guess')));
    expect(await page.$eval('#bars .top', (bar) => bar.getAttribute('data-digit'))).to.equal('3');
    expect(parseFloat(await text('#bars .top .share'))).to.be.above(90);
    const ink = await page.$eval('#seen', (canvas) => {
      const { data } = (canvas as any).getContext('2d').getImageData(0, 0, 28, 28);
      return Array.from<number>(data).filter((value, i) => i % 4 === 0 && value > 128).length;
    });
    expect(ink).to.be.within(40, 250);
    await page.click('#clear');
    await until('an empty verdict', async () => (await text('#guess')) === '');
    expect(await page.$('#bars .top')).to.equal(null);
  });

  it('lets choose the model for threes and sevens, and takes a line back', async () => {
    await page.click('label:has(#model-three_or_seven)');
    await until('two bars', async () => (await page.$$('#bars li')).length === 2);
    await draw(seven);
    await until('the guess', async () => /7$/.test(await text('#guess')));
    await page.click('#undo');
    await until('an empty verdict', async () => (await text('#guess')) === '');
  });

  it('draws with a finger on a phone, where nothing is wider than the screen', async () => {
    await page.setViewport({ width: 390, height: 844, isMobile: true, hasTouch: true });
    await page.reload();
    await until('the models', () => isEnabled('#start'));
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).to.equal(390);
    const box = (await (await page.$('#paper'))!.boundingBox())!;
    const at = ([x, y]: Point): Point => [box.x + x * box.width, box.y + y * box.height];
    const finger = await page.touchscreen.touchStart(...at(three[0]!));
    for (const point of three.slice(1)) await finger.move(...at(point));
    await finger.end();
    await until('the guess', async () => /3$/.test(await text('#guess')));
    expect(await page.evaluate('scrollY'), 'the finger draws and does not scroll').to.equal(0);
    await page.setViewport({ width: 1280, height: 800 });
    await page.reload();
    await until('the models', () => isEnabled('#start'));
  });

  it('starts a run, shows it, and stops it; a page that is opened later shows the same', async () => {
    await page.select('#net', 'convolutions');
    await page.$eval('#epochs', (input) => ((input as any).value = '50'));
    await draw(three);
    await page.click('#start');
    await until('the stop button', () => isEnabled('#stop'));
    await until('an epoch', async () => (await page.$$('#epochs-table tr')).length > 0);
    expect(await isEnabled('#start')).to.equal(false);
    expect(await page.$$('#samples li')).to.have.length(12);
    await page.click('label:has(#model-run)');
    await until('a guess of the net in training', async () => (await text('#guess')) !== '');
    await page.click('#stop');
    await until('the end', () => isEnabled('#start'));
    expect(await text('#status')).to.contain('Stopped after a batch');
    const rows = (await page.$$('#epochs-table tr')).length;
    expect(rows).to.be.below(50);
    await page.reload();
    await until('the same rows', async () => (await page.$$('#epochs-table tr')).length === rows);
    expect(await text('#status')).to.contain('Stopped after a batch');
    expect(await page.$$('#samples li')).to.have.length(12);
  });

  it('says what the server refuses, and that the server is gone', async () => {
    await page.$eval('#epochs', (input) => {
      (input as any).form.noValidate = true;
      (input as any).value = '99';
    });
    await page.click('#start');
    await until('the words', async () => (await text('#trouble')).includes('epochs must be'));
    // The browser itself writes down answers that are errors.
    await until('the note', () => Promise.resolve(complaints.length > 0));
    expect(complaints.splice(0).join()).to.contain('400');
    expect(await isEnabled('#start')).to.equal(true);
    server!.kill('SIGKILL');
    await until('the words', async () => (await text('#trouble')).includes('connection is lost'));
    complaints.length = 0;
  });
});
