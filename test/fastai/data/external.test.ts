import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect } from 'chai';

import { download } from '../../../ts/fastai/data/download.js';
import { Config, fastai_path, untar_data, URLs } from '../../../ts/fastai/data/external.js';
import { tarball } from './tar_maker.js';

/** Not compressible, so that cuts fall inside the data. */
const noise = Buffer.from(Array.from({ length: 300_000 }, (_, i) => ((i * 7919) % 251) ^ (i >> 8)));
const archive = tarball({ path: 'sample/a.txt', body: 'hello' }, { path: 'sample/noise', body: noise });

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, count: number) => void;

async function serve(handler: Handler): Promise<{ url: string; requests: string[]; close: () => void }> {
  const requests: string[] = [];
  const server = http.createServer((request, response) => {
    requests.push(`${request.url} ${request.headers.range ?? ''}`.trim());
    handler(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/sample.tgz`,
    requests,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it should have failed');
}

describe('untar_data', () => {
  let home: string;
  const saved = { ...process.env };
  const closers: (() => void)[] = [];

  beforeEach(() => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'external-test-'));
    process.env['FASTAI_HOME'] = home;
    delete process.env['LIBTORCH_NODE_ARCHIVES'];
  });
  afterEach(() => {
    for (const close of closers.splice(0)) close();
    for (const name of ['FASTAI_HOME', 'LIBTORCH_NODE_ARCHIVES']) {
      if (saved[name] === undefined) delete process.env[name];
      else process.env[name] = saved[name];
    }
    fs.rmSync(home, { recursive: true });
  });

  async function server(handler: Handler): Promise<{ url: string; requests: string[] }> {
    const started = await serve(handler);
    closers.push(started.close);
    return started;
  }
  const listing = (folder: string) =>
    fs.existsSync(path.join(home, folder)) ? fs.readdirSync(path.join(home, folder)).sort() : [];
  const send: Handler = (_request, response) => response.end(archive);

  it('downloads, unpacks, and afterwards needs neither again', async () => {
    const { url, requests } = await server(send);
    const found = await untar_data(url, { progress: false });
    expect(String(found)).to.equal(path.join(home, 'data', 'sample'));
    expect(found.joinpath('a.txt').read_text()).to.equal('hello');
    expect(fs.readFileSync(path.join(home, 'data/sample/noise')).equals(noise)).to.equal(true);
    await untar_data(url, { progress: false });
    fs.rmSync(path.join(home, 'data'), { recursive: true });
    await untar_data(url, { progress: false });
    expect(requests).to.have.length(1);
    expect(listing('archive')).to.deep.equal(['sample.tgz']);
    expect(listing('data')).to.deep.equal(['sample']);
    await untar_data(url, { progress: false, force_download: true });
    expect(requests).to.have.length(2);
  });

  it('takes the archive from the folder that LIBTORCH_NODE_ARCHIVES names before it asks the network', async () => {
    const folder = path.join(home, 'offline');
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, 'mnist_tiny.tgz'), archive);
    process.env['LIBTORCH_NODE_ARCHIVES'] = folder;
    const found = await untar_data(URLs.MNIST_TINY, { progress: false });
    expect(found.name).to.equal('mnist_tiny');
    expect(found.joinpath('a.txt').exists()).to.equal(true);
    expect(listing('archive'), 'not copied').to.deep.equal([]);
  });

  it('honours config.ini, and the folders given', async () => {
    const { url } = await server(send);
    fs.writeFileSync(path.join(home, 'config.ini'), '; mine\n[DEFAULT]\ndata = sets/all\narchive: packed\n');
    expect(String(fastai_path('data'))).to.equal(path.join(home, 'sets', 'all'));
    expect(String(new Config().model_path())).to.equal(path.join(home, 'models'));
    expect(String(await untar_data(url, { progress: false }))).to.equal(
      path.join(home, 'sets', 'all', 'sample'),
    );
    expect(listing('packed')).to.deep.equal(['sample.tgz']);
    expect(URLs.path(url).name).to.equal('sample.tgz');
    const other = await untar_data(url, { progress: false, data: 'other', archive: 'packed' });
    expect(String(other)).to.equal(path.join(home, 'other', 'sample'));
    fs.writeFileSync(path.join(home, 'config.ini'), 'nonsense\n');
    expect(await messageOf(untar_data(url))).to.match(/config\.ini, line 1: expected "key = value"/);
    expect(() => new Config(path.join(home, 'x')).path('nope')).to.throw(/names no folder for 'nope'/);
  });

  it('names the URL and the reason, says where to put the file, and leaves nothing', async () => {
    const { url, requests } = await server((_request, response) => {
      response.statusCode = 404;
      response.end('gone');
    });
    const message = await messageOf(untar_data(url, { progress: false }));
    expect(message).to.contain(`cannot download ${url}: HTTP status 404`);
    expect(message)
      .to.contain(path.join(home, 'archive', 'sample.tgz'))
      .and.contain('LIBTORCH_NODE_ARCHIVES');
    expect(requests, 'a 404 is not tried again').to.have.length(1);
    expect(listing('archive')).to.deep.equal([]);
    expect(listing('data')).to.deep.equal([]);
  });

  it('names a damaged archive, and a good one under force_download mends it', async () => {
    const { url } = await server(send);
    fs.mkdirSync(path.join(home, 'archive'));
    fs.writeFileSync(path.join(home, 'archive', 'sample.tgz'), archive.subarray(0, 5000));
    const message = await messageOf(untar_data(url, { progress: false }));
    expect(message).to.match(/cannot unpack .*archive.sample\.tgz: unexpected end of file/);
    expect(listing('data')).to.deep.equal([]);
    await untar_data(url, { progress: false, force_download: true });
    expect(listing('data')).to.deep.equal(['sample']);
  });

  it('refuses wrong arguments', async () => {
    expect(await messageOf(untar_data('nonsense'))).to.contain('"nonsense" is not a URL');
    expect(await messageOf(untar_data('https://example.org/'))).to.contain('does not end in a file name');
    expect(await messageOf(untar_data('https://example.org/%2e%2e%2fa.tgz'))).to.contain('file name');
    expect(await messageOf(untar_data('https://example.org/a.zip'))).to.contain('a.zip is not a .tgz');
    expect(await messageOf(untar_data(URLs.MNIST, { forceDownload: true } as never))).to.contain(
      "unknown option 'forceDownload'",
    );
    expect(await messageOf(untar_data('http://example.org/a.tgz', { progress: false }))).to.contain(
      'only https is allowed',
    );
  });

  it('a circle of redirects ends, and leaves nothing', async () => {
    const { url, requests } = await server((_request, response, count) => {
      response.writeHead(302, { location: `/sample.tgz?turn=${count}` }).end();
    });
    const text = await messageOf(untar_data(url, { progress: false }));
    expect(text).to.contain(url).and.to.contain('redirect').and.to.contain('LIBTORCH_NODE_ARCHIVES');
    expect(requests.length).to.be.within(2, 30);
    expect(listing('data')).to.deep.equal([]);
    expect(listing('archive').filter((name) => name.endsWith('.tgz'))).to.deep.equal([]);
  });

  it('a server that hangs is given up, and what came before is kept for the next call', async () => {
    const { url } = await server((request, response, count) => {
      if (count > 3) return void response.end(archive);
      response.writeHead(200, { 'content-length': archive.length });
      if (request.method !== 'HEAD') response.write(archive.subarray(0, 1000));
    });
    const start = Date.now();
    const text = await messageOf(untar_data(url, { progress: false, timeout: 150 }));
    expect(Date.now() - start).to.be.lessThan(20_000);
    expect(text).to.contain(url);
    expect(listing('data')).to.deep.equal([]);
    const folder = await untar_data(url, { progress: false, timeout: 5000 });
    expect(folder.joinpath('a.txt').read_text()).to.equal('hello');
  });

  it('an archive of very many entries stops at the limit, with no folder left', async () => {
    const many = tarball(
      ...Array.from({ length: 20_001 }, (_, i) => ({ path: `d${i % 7}/`, type: 'Directory' as const })),
    );
    const { url } = await server((_request, response) => response.end(many));
    const limits = { entries: 20_000, ratio: 1e6 };
    expect(await messageOf(untar_data(url, { progress: false, limits }))).to.contain(
      'it has more than 20000 entries',
    );
    expect(listing('data')).to.deep.equal([]);
    const folder = await untar_data(url, { progress: false, limits: { ...limits, entries: 20_001 } });
    expect([...folder.iterdir()]).to.have.lengthOf(7);
  });

  it('says on standard error how far it is, unless told not to', async () => {
    const { url } = await server(send);
    const write = process.stderr.write.bind(process.stderr);
    let text = '';
    process.stderr.write = (chunk: string | Uint8Array) => {
      text += String(chunk);
      return true;
    };
    try {
      await untar_data(url, { progress: false });
      expect(text).to.equal('');
      await untar_data(url, { force_download: true });
    } finally {
      process.stderr.write = write;
    }
    expect(text).to.contain('Downloading sample.tgz').and.to.contain('Unpacking sample.tgz');
    expect(text.indexOf('Downloading')).to.be.lessThan(text.indexOf('Unpacking'));
  });

  it('works in two processes at once: one download, one complete folder', async () => {
    const { url, requests } = await server((_request, response) => {
      response.setHeader('content-length', archive.length);
      response.write(archive.subarray(0, 1000));
      setTimeout(() => response.end(archive.subarray(1000)), 400);
    });
    const worker = path.join(import.meta.dirname, 'untar_worker.ts');
    const run = () =>
      new Promise<unknown>((resolve, reject) => {
        const child = fork(worker, [url], { execArgv: ['--import', 'tsx'], env: process.env });
        child.on('message', resolve);
        child.on('exit', (code) => {
          if (code !== 0) reject(new Error(`the worker ended with ${code}`));
        });
      });
    const answers = await Promise.all([run(), run(), run()]);
    expect(new Set(answers)).to.deep.equal(new Set([`hello ${noise.length}`]));
    expect(requests).to.have.length(1);
    expect(listing('data')).to.deep.equal(['sample']);
    expect(listing('archive')).to.deep.equal(['sample.tgz']);
  });
});

describe('download', () => {
  let folder: string;
  let target: string;
  const closers: (() => void)[] = [];
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'download-test-'));
    target = path.join(folder, 'sample.tgz');
  });
  afterEach(() => {
    for (const close of closers.splice(0)) close();
    fs.rmSync(folder, { recursive: true });
  });
  async function server(handler: Handler): Promise<{ url: string; requests: string[] }> {
    const started = await serve(handler);
    closers.push(started.close);
    return started;
  }
  /** Serves ranges, and cuts the connection after `cut` bytes while `broken` says so. */
  const cutting =
    (cut: number, broken: (count: number) => boolean, etag?: string): Handler =>
    (request, response, count) => {
      const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const partial = start > 0 && request.headers['if-range'] === etag;
      const body = partial ? archive.subarray(start) : archive;
      if (etag !== undefined) response.setHeader('etag', etag);
      response.setHeader('content-length', body.length);
      if (partial)
        response
          .writeHead(206, { 'content-range': `bytes ${start}-${archive.length - 1}/${archive.length}` })
          .flushHeaders();
      if (!broken(count)) response.end(body);
      else response.write(body.subarray(0, cut), () => setTimeout(() => response.destroy(), 20));
    };
  const complete = () => fs.readFileSync(target).equals(archive);

  it('continues a broken transfer where it stopped', async () => {
    const { url, requests } = await server(cutting(50_000, (count) => count < 3, '"v1"'));
    const seen: number[] = [];
    const progress = { update: (done: number) => seen.push(done), stop: () => undefined };
    await download(url, target, { progress });
    expect(complete()).to.equal(true);
    expect(requests).to.deep.equal(['/sample.tgz', '/sample.tgz bytes=50000-', '/sample.tgz bytes=100000-']);
    expect(seen.at(-1)).to.equal(archive.length);
    expect(fs.readdirSync(folder)).to.deep.equal(['sample.tgz']);
  });

  it('keeps what came for a later call, which continues it', async () => {
    const { url, requests } = await server(cutting(50_000, (count) => count === 1, '"v1"'));
    const message = await messageOf(download(url, target, { attempts: 1 }));
    expect(message).to.contain(`cannot download ${url}: `);
    expect(fs.readdirSync(folder).sort()).to.deep.equal([
      'sample.tgz.incoming.part',
      'sample.tgz.incoming.part.json',
    ]);
    await download(url, target);
    expect(requests.at(-1)).to.equal('/sample.tgz bytes=50000-');
    expect(complete()).to.equal(true);
  });

  it('starts anew when the file changed on the server', async () => {
    const { url } = await server(cutting(50_000, () => false, '"v2"'));
    fs.writeFileSync(`${target}.incoming.part`, Buffer.alloc(70_000));
    fs.writeFileSync(`${target}.incoming.part.json`, JSON.stringify({ address: url, etag: '"v1"' }));
    await download(url, target);
    expect(complete()).to.equal(true);
  });

  it('keeps nothing of a cut transfer that cannot be continued', async () => {
    const { url, requests } = await server(cutting(50_000, () => true));
    const message = await messageOf(download(url, target, { attempts: 2 }));
    expect(message).to.contain(`cannot download ${url}: `);
    expect(requests).to.deep.equal(['/sample.tgz', '/sample.tgz']);
    expect(fs.readdirSync(folder)).to.deep.equal([]);
  });

  it('gives up a server that says nothing, and one that stops', async () => {
    const silent = await server(() => undefined);
    const message = await messageOf(download(silent.url, target, { timeout: 150, attempts: 1 }));
    expect(message).to.contain(silent.url);
    const stopping = await server((_request, response) => {
      response.setHeader('content-length', archive.length);
      response.write(archive.subarray(0, 10));
    });
    expect(await messageOf(download(stopping.url, target, { timeout: 150, attempts: 1 }))).to.contain(
      stopping.url,
    );
    expect(fs.readdirSync(folder)).to.deep.equal([]);
  });

  it('tries a server error again', async () => {
    const { url, requests } = await server((_request, response, count) => {
      response.statusCode = count === 1 ? 503 : 200;
      response.end(archive);
    });
    await download(url, target);
    expect(requests).to.have.length(2);
    expect(complete()).to.equal(true);
  });

  it('deletes what is not the known file', async () => {
    const { url } = await server((_request, response) => response.end(archive));
    const expected = {
      size: archive.length,
      md5OfFirstMiB: createHash('md5').update(archive).digest('hex'),
    };
    const wrongSum = { ...expected, md5OfFirstMiB: '0'.repeat(32) };
    expect(await messageOf(download(url, target, { expected: wrongSum }))).to.contain(
      `its checksum is ${expected.md5OfFirstMiB}`,
    );
    expect(await messageOf(download(url, target, { expected: { ...expected, size: 7 } }))).to.contain(
      `it has ${archive.length} bytes, the known file has 7`,
    );
    const chunked = await server((_request, response) => {
      response.write(archive.subarray(0, 100));
      response.end();
    });
    expect(await messageOf(download(chunked.url, target, { expected }))).to.contain('it has 100 bytes');
    expect(fs.readdirSync(folder)).to.deep.equal([]);
    await download(url, target, { expected });
    expect(complete()).to.equal(true);
  });

  it('follows a few redirects, but neither endless ones nor one to plain http', async () => {
    const { url } = await server((request, response) => {
      const hop = Number(/hop=(\d+)/.exec(request.url!)?.[1] ?? 0);
      if (hop >= 2) response.end(archive);
      else response.writeHead(302, { location: `/sample.tgz?hop=${hop + 1}` }).end();
    });
    await download(url, target);
    expect(complete()).to.equal(true);
    const loop = await server((_request, response) => response.writeHead(302, { location: '/again' }).end());
    expect(await messageOf(download(loop.url, path.join(folder, 'b')))).to.contain('more than 5 redirects');
    expect(loop.requests).to.have.length(6);
    const away = await server((_request, response) =>
      response.writeHead(301, { location: 'http://example.org/x' }).end(),
    );
    expect(await messageOf(download(away.url, path.join(folder, 'b')))).to.contain('only https is allowed');
    expect(fs.readdirSync(folder)).to.deep.equal(['sample.tgz']);
  });

  it('names a host that cannot be reached', async () => {
    const { url } = await server(() => undefined);
    for (const close of closers.splice(0)) close();
    const message = await messageOf(download(url, target, { attempts: 1 }));
    expect(message).to.match(/cannot download http.*ECONNREFUSED/);
  });
});
