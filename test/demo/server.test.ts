import { expect } from 'chai';
import { EventEmitter, once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { startDemo, type Demo } from '../../ts/demo/index.js';
import { MOST_BYTES } from '../../ts/demo/guard.js';
import { memory } from '../../ts/torch/index.js';
import { rejected } from '../support/thrown.js';
import { live } from '../support/live.js';
import { seven, three } from './drawings.js';

interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
  json: any;
}
interface Call {
  method?: string;
  path?: string;
  headers?: http.OutgoingHttpHeaders;
  body?: string | Buffer;
}

describe('demo/server', () => {
  let folder: string;
  let demo: Demo;
  let origin: string;
  const log: string[] = [];

  function call({ method = 'POST', path = '/api/predict', headers = {}, body }: Call): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const own = method === 'POST' ? { origin, 'content-type': 'application/json' } : {};
      const request = http.request(new URL(path, origin), { method, headers: { ...own, ...headers } });
      request.on('error', reject);
      request.on('response', (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => {
          const isJson = response.headers['content-type'] === 'application/json' && method !== 'HEAD';
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined,
          });
        });
      });
      request.end(body);
    });
  }
  const post = (path: string, body: unknown, headers = {}): Promise<Reply> =>
    call({ path, headers, body: JSON.stringify(body) });
  const get = (path: string, headers = {}): Promise<Reply> => call({ method: 'GET', path, headers });
  const predict = (model: string, strokes: unknown): Promise<Reply> =>
    post('/api/predict', { model, strokes });

  /** The events of a page that opens now. */
  async function events(): Promise<{
    seen: [name: string, data: any][];
    until: (name: string) => Promise<any>;
    close: () => void;
  }> {
    // prettier-ignore
    const arrivals = new EventEmitter();
    const seen: [string, any][] = [];
    const request = http.get(new URL('/api/events', origin));
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.statusCode).to.equal(200);
    expect(response.headers['content-type']).to.equal('text/event-stream');
    let rest = '';
    response.on('error', () => undefined);
    response.on('data', (chunk) => {
      rest += String(chunk);
      const frames = rest.split('\n\n');
      rest = frames.pop()!;
      for (const frame of frames) {
        const match = /event: (.+)\ndata: (.+)/.exec(frame);
        if (!match) continue;
        seen.push([match[1]!, JSON.parse(match[2]!)]);
        arrivals.emit('one');
      }
    });
    const until = async (name: string): Promise<any> => {
      for (;;) {
        const found = seen.find(([own]) => own === name);
        if (found) return found[1];
        await once(arrivals, 'one');
      }
    };
    return { seen, until, close: () => request.destroy() };
  }

  before(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libtorch-node-demo-'));
    demo = await startDemo({ cache: folder, drawn: true, log: (line) => log.push(line) });
    origin = demo.url.slice(0, -1);
  });
  after(async () => {
    await demo.close();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('is there at once, and says how far its models are', async () => {
    const { json } = await get('/api/state');
    expect(json.models.map((m: any) => m.name)).to.deep.equal(['three_or_seven', 'digits']);
    expect(json.run).to.equal(null);
    const early = await predict('digits', [three]);
    expect(early.status).to.equal(409);
    expect(early.json.error).to.contain('not trained yet');
    const train = await post('/api/train', { task: 'digits', net: 'linear', epochs: 1, lr: 0.01 });
    expect(train.status).to.equal(409);
    expect(train.json.error).to.contain('still being trained');
  });

  it('trains its models, and says that they were trained on drawn digits', async () => {
    const page = await events();
    await demo.studio.prepared;
    const { models } = (await get('/api/state')).json;
    for (const model of models) {
      expect(model.status, model.message).to.equal('ready');
      expect(model.source).to.equal('drawn');
      expect(model.reason).to.contain('asked for');
      expect(model.accuracy).to.be.above(0.95);
    }
    const progress = page.seen
      .filter(([name]) => name === 'models')
      .map(([, models]) => models[1].progress as number);
    expect(progress.some((p) => p > 0 && p < 1)).to.equal(true);
    page.close();
  });

  it('recognises a drawn 3 and a drawn 7, and shows what the net saw', async () => {
    for (const model of ['digits', 'three_or_seven'])
      for (const [digit, line] of [
        [3, three],
        [7, seven],
      ] as const) {
        // prettier-ignore
        const { status, json } = await predict(model, [line]);
        expect(status).to.equal(200);
        const best = json.probabilities.indexOf(Math.max(...json.probabilities));
        expect(json.digits[best], model).to.equal(digit);
        expect(json.probabilities[best]).to.be.above(0.5);
        expect(json.probabilities.reduce((a: number, b: number) => a + b)).to.be.closeTo(1, 1e-5);
        expect(Buffer.from(json.pixels, 'base64')).to.have.length(784);
      }
    const { json } = await predict('digits', []);
    expect(json.probabilities).to.equal(null);
    expect(json.pixels).to.equal(null);
  });

  it('streams a run: losses, figures and pictures; the model learns, and can be asked meanwhile', async () => {
    const page = await events();
    expect((await page.until('state')).run).to.equal(null);
    const settings = { task: 'digits', net: 'linear', epochs: 2, lr: 0.01 };
    const { status, json } = await post('/api/train', settings);
    expect(status).to.equal(200);
    expect((await post('/api/train', settings)).status, 'one at a time').to.equal(409);
    expect((await predict('run', [three])).json.probabilities).to.have.length(10);
    const end = await page.until('end');
    expect(end).to.deep.equal({ id: json.id, status: 'done', message: '' });
    const of = (name: string) => page.seen.filter(([own]) => own === name).map(([, data]) => data);
    const losses = of('losses').flatMap(({ losses }) => losses as number[]);
    expect(losses).to.have.length(2 * Math.ceil(10000 / 256));
    expect(losses[0]).to.be.above(losses.at(-1)! + 0.5);
    let next = 0;
    for (const { from, losses } of of('losses')) {
      expect(from).to.equal(next);
      next += losses.length;
    }
    const figures = of('epoch').map(({ figures }) => figures);
    expect(figures).to.have.length(2);
    expect(figures[1].accuracy).to.be.above(0.8);
    expect(figures[1].train_loss).to.be.closeTo(losses.at(-1)!, 1e-6);
    const { samples } = of('samples').at(-1);
    expect(samples).to.have.length(12);
    for (const { pixels, truth, guess, probability } of samples) {
      expect(Buffer.from(pixels, 'base64').some((byte) => byte > 0)).to.equal(true);
      expect(truth).to.be.within(0, 9);
      expect(guess).to.be.within(0, 9);
      expect(probability).to.be.within(0.1, 1);
    }
    const right = samples.filter((s: any) => s.guess === s.truth).length;
    expect(right).to.be.above(5);
    page.close();
    // Who comes later gets all of it.
    const late = await events();
    const { run } = await late.until('state');
    expect(run.losses).to.deep.equal(losses);
    expect(run.figures).to.deep.equal(figures);
    expect(run.status).to.equal('done');
    late.close();
  });

  it('stops a run after a batch, its weights whole; a further one may start', async () => {
    const page = await events();
    await post('/api/train', { task: 'digits', net: 'convolutions', epochs: 50, lr: 0.005 });
    await page.until('losses');
    const stopped = await post('/api/stop', {});
    expect(stopped.status).to.equal(200);
    expect(stopped.json.status).to.equal('stopped');
    expect((await page.until('end')).message).to.contain('Stopped');
    const { run } = (await get('/api/state')).json;
    expect(run.losses.length).to.be.above(0).and.below(run.batches);
    const { json } = await predict('run', [three]);
    expect(json.probabilities.every(Number.isFinite)).to.equal(true);
    expect(demo.studio.run!.model.training).to.equal(false);
    const again = await post('/api/stop', {});
    expect(again.status).to.equal(409);
    expect(again.json.error).to.contain('nothing is being trained');
    page.close();
    // Also before its first batch.
    await post('/api/train', { task: 'digits', net: 'linear', epochs: 20, lr: 0.005 });
    expect((await post('/api/stop', {})).json.status).to.equal('stopped');
  });

  it('ends a run that diverges, and says why', async () => {
    const page = await events();
    // Weights so large that their products are infinite.
    demo.studio.start({ task: 'digits', net: 'two_layers', epochs: 5, lr: 1e20 });
    const { status, message } = await page.until('end');
    expect(status).to.equal('failed');
    expect(message).to.contain('smaller learning rate');
    page.close();
  });

  it('keeps no tensors while somebody draws for hours, nor of runs that have ended', async () => {
    const drawing = [three.map(([x, y]) => [x, y])];
    for (let i = 0; i < 5; i++) await predict('digits', drawing);
    const [tensors, { bytes }] = [live(), memory({ collect: true })];
    let most = 0;
    for (let i = 0; i < 300; i++) {
      drawing[0]!.push([0.3 + (i % 20) / 50, 0.5]);
      await predict(i % 2 ? 'digits' : 'three_or_seven', drawing);
      // Without a collection: nothing waits for one.
      most = Math.max(most, memory().tensors);
    }
    expect(live()).to.be.at.most(tensors);
    expect(memory().bytes).to.be.at.most(bytes);
    expect(most).to.be.at.most(tensors + 50);
    const train = async (): Promise<void> => {
      await demo.studio.start({ task: 'three_or_seven', net: 'linear', epochs: 1, lr: 0.01 }).ended;
    };
    await train();
    const before = live();
    for (let i = 0; i < 5; i++) await train();
    expect(live()).to.be.at.most(before);
  });

  it('hears only the page itself', async () => {
    const port = new URL(origin).port;
    const hostile: [what: string, headers: http.OutgoingHttpHeaders][] = [
      ['a name pointed here', { host: `evil.example:${port}`, origin: `http://evil.example:${port}` }],
      ['a name that begins well', { host: `localhost.evil.example:${port}` }],
      ['another website', { origin: 'https://evil.example' }],
      ['another page on this computer', { origin: 'http://localhost:3000' }],
      ['a page from a file', { origin: 'null' }],
      ['no origin', { origin: [] as unknown as string }],
      ['a browser that says so', { 'sec-fetch-site': 'cross-site' }],
      ['a neighbour', { 'sec-fetch-site': 'same-site' }],
    ];
    for (const [what, headers] of hostile)
      for (const path of ['/api/predict', '/api/train', '/api/stop']) {
        const { status, json } = await call({ path, headers, body: '{}' });
        expect(status, `${what} ${path}`).to.equal(403);
        expect(json.error).to.match(/localhost|website|Origin/);
      }
    for (const path of ['/api/state', '/api/events', '/app.js', '/']) {
      expect((await get(path, { host: 'evil.example' })).status).to.equal(403);
      expect((await get(path, { origin: 'https://evil.example' })).status).to.equal(403);
      expect(
        (await get(path, { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).status,
      ).to.equal(403);
    }
    // A link may open the page, and nothing else; a tunnel may end at another port.
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await get('/', link)).status).to.equal(200);
    expect((await get('/', { ...link, 'sec-fetch-dest': 'iframe' })).status).to.equal(403);
    expect((await get('/api/state', link)).status).to.equal(403);
    const tunnel = { host: 'localhost:9000', origin: 'http://localhost:9000' };
    expect((await post('/api/predict', { model: 'digits', strokes: [] }, tunnel)).status).to.equal(200);
  });

  it('listens on the loopback interface only', async function () {
    const outer = Object.values(os.networkInterfaces())
      .flat()
      .find((one) => one?.family === 'IPv4' && !one.internal);
    if (!outer) return this.skip();
    const socket = net.connect(Number(new URL(origin).port), outer.address);
    const error = await once(socket, 'connect').then(
      () => null,
      (error: NodeJS.ErrnoException) => error,
    );
    socket.destroy();
    expect(error?.code).to.equal('ECONNREFUSED');
  });

  it('says in words what is wrong with a request', async () => {
    const wrong: [Call, number, string][] = [
      [{ body: 'x' }, 400, 'no JSON'],
      [{ body: '' }, 400, 'no JSON'],
      [{ body: '[]' }, 400, 'must be a JSON object'],
      [{ body: 'null' }, 400, 'must be a JSON object'],
      [{ body: '{"model":"digits","strokes":[],"more":1}' }, 400, "unknown name 'more'"],
      [{ body: '{"__proto__":{},"model":"digits"}' }, 400, "unknown name '__proto__'"],
      [{ body: '{"model":"digits"}' }, 400, 'strokes must be an array'],
      [{ body: '{"model":7,"strokes":[]}' }, 400, 'model must be a name'],
      [{ body: '{"model":"constructor","strokes":[]}' }, 400, "no model 'constructor'"],
      [{ body: '{"model":"digits","strokes":[[[0,1e999]]]}' }, 400, 'must be a point'],
      [{ body: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'application/json'],
      [{ body: '{}', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'json'],
      [{ body: ' '.repeat(MOST_BYTES + 1) }, 413, 'bytes'],
      [{ body: ' '.repeat(MOST_BYTES + 1), headers: { 'transfer-encoding': 'chunked' } }, 413, 'bytes'],
      [{ path: '/api/train', body: '{"task":"letters"}' }, 400, 'task must be one of'],
      [{ path: '/api/stop', body: '{"now":true}' }, 400, "unknown name 'now'"],
      [{ path: '/api/nothing', body: '{}' }, 404, 'nothing here'],
      [{ path: '/toString', body: '{}' }, 404, 'nothing here'],
      [{ method: 'GET', path: '/api/../../package.json' }, 404, 'nothing here'],
      [{ method: 'GET', path: '/%2e%2e/server.ts' }, 404, 'nothing here'],
      [{ method: 'GET', path: '/tsconfig.json' }, 404, 'nothing here'],
      [{ method: 'GET' }, 405, 'POST'],
      [{ method: 'PUT', body: '{}' }, 405, 'POST'],
      [{ path: '/app.js', body: '{}' }, 405, 'GET'],
    ];
    for (const [request, status, words] of wrong) {
      const reply = await call(request);
      const what = JSON.stringify({ ...request, body: String(request.body).slice(0, 60) });
      expect(reply.status, what).to.equal(status);
      expect(reply.json.error, what).to.contain(words);
    }
    const good = { task: 'digits', net: 'linear', epochs: 1, lr: 0.1 };
    for (const [name, value] of [
      ['epochs', 0],
      ['epochs', 1.5],
      ['epochs', 1e9],
      ['epochs', '3'],
      ['lr', 0],
      ['lr', -1],
      ['lr', null],
      ['lr', 11],
      ['net', 'resnet18'],
      ['net', ['linear']],
    ] as const) {
      // prettier-ignore
      const { status, json } = await post('/api/train', { ...good, [name]: value });
      expect(status, `${name} ${value}`).to.equal(400);
      expect(json.error).to.contain(`${name} must be`);
    }
    expect(demo.studio.run?.active).to.equal(false);
    expect(log, 'nothing of this is the server’s fault').to.deep.equal([]);
  });

  it('outlives requests that are no HTTP, end early or never end', async () => {
    const { port } = new URL(origin);
    const talk = async (text: string): Promise<void> => {
      const socket = net.connect(Number(port), '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      socket.write(text);
      await new Promise((resolve) => setTimeout(resolve, 30));
      socket.destroy();
    };
    await talk('\0\0\0\r\n\r\n');
    await talk('POST /api/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5');
    const head = `POST /api/predict HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${origin}\r\nContent-Type: application/json\r\n`;
    await talk(`${head}Content-Length: 1000\r\n\r\n{"model"`);
    const pages = await Promise.all(Array.from({ length: 20 }, () => events()));
    const more = await get('/api/events');
    expect(more.status).to.equal(503);
    expect(more.json.error).to.contain('pages are open');
    for (const page of pages) page.close();
    expect((await predict('digits', [three])).status).to.equal(200);
    const until = Date.now() + 5000;
    for (;;) {
      const page = await events().catch(() => null);
      page?.close();
      if (page) break;
      expect(Date.now(), 'closed pages make room').to.be.below(until);
    }
  });

  it('sends the page with a policy that lets nothing in from elsewhere', async () => {
    const index = await get('/');
    expect(index.status).to.equal(200);
    expect(index.headers['content-type']).to.contain('text/html');
    const policy = String(index.headers['content-security-policy']);
    for (const part of [
      "default-src 'none'",
      "script-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ])
      expect(policy).to.contain(part);
    expect(policy).not.to.contain('unsafe');
    expect(index.headers['x-content-type-options']).to.equal('nosniff');
    expect(index.headers).not.to.have.property('access-control-allow-origin');
    expect(index.text).not.to.match(/https?:\/\/|<script>|<style|style=|\son\w+=/);
    const files = [...index.text.matchAll(/(?:src|href)="(\/[^"]*)"/g)].map((match) => match[1]!);
    expect(files).to.include.members(['/app.js', '/style.css', '/icon.svg']);
    const seen = new Set(files);
    for (const file of seen) {
      const { status, text, headers } = await get(file);
      expect(status, file).to.equal(200);
      expect(headers['content-security-policy']).to.equal(policy);
      for (const match of text.matchAll(/from '\.(\/[\w.]+)'/g)) seen.add(match[1]!);
    }
    expect(seen.size).to.be.above(7);
    const head = await call({ method: 'HEAD', path: '/' });
    expect(head.status).to.equal(200);
    expect(head.text).to.equal('');
  });

  it('says that a port is taken', async () => {
    const port = Number(new URL(origin).port);
    const error = await rejected(startDemo({ cache: folder, port, drawn: true }));
    expect((error as NodeJS.ErrnoException).code).to.equal('EADDRINUSE');
  });

  it('takes its models from the cache, and trains again what is damaged there', async () => {
    const files = fs.readdirSync(folder).sort();
    expect(files.map((file) => file.split('-')[0])).to.deep.equal(['digits', 'three_or_seven']);
    const [digits, pair] = files.map((file) => path.join(folder, file));
    const [whole, before] = [fs.readFileSync(pair!), fs.statSync(digits!).mtimeMs];
    fs.writeFileSync(pair!, whole.subarray(0, 5000));
    const lines: string[] = [];
    const second = await startDemo({ cache: folder, drawn: true, log: (line) => lines.push(line) });
    try {
      await second.studio.prepared;
      expect(second.studio.views.map(({ status }) => status)).to.deep.equal(['ready', 'ready']);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.contain(path.basename(pair!)).and.contain('trained again');
      expect(fs.statSync(pair!).size).to.be.above(0.9 * whole.length);
      expect(fs.statSync(digits!).mtimeMs).to.equal(before);
      const [a, b] = [demo, second].map(({ studio }) => studio.predict('digits', [three]));
      expect(a).to.deep.equal(b);
    } finally {
      await second.close();
    }
  });

  it('works where a model cannot be kept, and says so', async () => {
    const cache = path.join(folder, 'stuck');
    fs.mkdirSync(cache);
    const [digits, pair] = ['digits', 'three_or_seven'].map((name) =>
      fs.readdirSync(folder).find((file) => file.startsWith(name)),
    );
    fs.copyFileSync(path.join(folder, digits!), path.join(cache, digits!));
    // A folder where the file belongs.
    fs.mkdirSync(path.join(cache, pair!));
    const lines: string[] = [];
    const other = await startDemo({ cache, drawn: true, log: (line) => lines.push(line) });
    await other.studio.prepared;
    expect(other.studio.views.map(({ status }) => status)).to.deep.equal(['ready', 'ready']);
    expect(lines).to.have.length(2);
    expect(lines[0]).to.contain('trained again');
    expect(lines[1]).to.contain('not kept');
    await other.close();
  });

  it('ends while it prepares and while it trains', async () => {
    const other = path.join(folder, 'other');
    const early = await startDemo({ cache: other, drawn: true, log: () => undefined });
    await early.close();
    await early.close();
    expect(fs.existsSync(other) ? fs.readdirSync(other) : []).to.deep.equal([]);
    const late = await startDemo({ cache: folder, drawn: true });
    await late.studio.prepared;
    const run = late.studio.start({ task: 'three_or_seven', net: 'convolutions', epochs: 50, lr: 0.01 });
    while (run.view.losses.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await late.close();
    expect(run.view.status).to.equal('stopped');
    expect(run.view.losses.length).to.be.below(run.view.batches);
  });
});
