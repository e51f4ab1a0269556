import { expect } from 'chai';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { download } from '../../scripts/libtorch/download.mjs';
import type { DownloadOptions } from '../../scripts/libtorch/download.mjs';
import { temporaryFolder } from './support/fake.js';
import { serve, testServer } from './support/server.js';

const bytes = randomBytes(200_000);
const half = bytes.length / 2;
const sha256 = createHash('sha256').update(bytes).digest('hex');

describe('scripts/libtorch/download', () => {
  const folder = temporaryFolder();
  const server = testServer();
  const file = () => join(folder(), 'file.zip');
  const fetch = (options: DownloadOptions = {}) => download(`${server.url}/file.zip`, file(), options);

  /** The message of the failure; afterwards nothing may have the final name. */
  async function failure(work: Promise<void>): Promise<string> {
    const error = await work.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error);
    expect(existsSync(file()), 'a file under the final name').to.equal(false);
    return (error as Error).message;
  }

  it('fetches a file, checks its hash and leaves nothing else', async () => {
    server.answer = (request, response) => serve(request, response, bytes);
    const seen: number[] = [];
    await fetch({ sha256, progress: { update: (done) => seen.push(done), stop() {} } });
    expect(readFileSync(file()).equals(bytes)).to.equal(true);
    expect(readdirSync(folder())).to.deep.equal(['file.zip']);
    expect(seen.at(-1)).to.equal(bytes.length);
  });

  it('resumes a download that was cut at half, with the tag as proof', async () => {
    server.answer = (request, response, count) =>
      serve(request, response, bytes, count === 1 ? { cut: half } : {});
    await fetch({ sha256 });
    expect(server.requests.map(({ headers }) => headers.range)).to.deep.equal([undefined, `bytes=${half}-`]);
    expect(server.requests[1]?.headers['if-range']).to.equal('"one"');
    expect(readFileSync(file()).equals(bytes)).to.equal(true);
  });

  it('resumes in a later call what an earlier one could not finish', async () => {
    server.answer = (request, response) => serve(request, response, bytes, { cut: half });
    await failure(fetch({ attempts: 1 }));
    expect(existsSync(`${file()}.part`)).to.equal(true);
    server.answer = (request, response) => serve(request, response, bytes);
    await fetch({ sha256 });
    expect(server.requests[1]?.headers.range).to.equal(`bytes=${half}-`);
    expect(readdirSync(folder())).to.deep.equal(['file.zip']);
  });

  it('starts anew when the file on the server has changed', async () => {
    const other = randomBytes(150_000);
    server.answer = (request, response, count) =>
      count === 1
        ? serve(request, response, bytes, { cut: half })
        : serve(request, response, other, { etag: '"two"' });
    await fetch();
    expect(readFileSync(file()).equals(other)).to.equal(true);
  });

  for (const etag of [null, 'W/"weak"'])
    it(`does not resume with ${etag ?? 'no tag'}`, async () => {
      server.answer = (request, response, count) =>
        serve(request, response, bytes, { etag, ...(count === 1 ? { cut: half } : {}) });
      await fetch({ sha256 });
      expect(server.requests.map(({ headers }) => headers.range)).to.deep.equal([undefined, undefined]);
    });

  it('does not append to a part of another address', async () => {
    writeFileSync(`${file()}.part`, 'of something else');
    writeFileSync(
      `${file()}.part.json`,
      JSON.stringify({ address: 'http://127.0.0.1/other', etag: '"one"' }),
    );
    server.answer = (request, response) => serve(request, response, bytes);
    await fetch({ sha256 });
    expect(server.requests[0]?.headers.range).to.equal(undefined);
  });

  it('starts anew when the server resumes at another place', async () => {
    server.answer = (request, response, count) => {
      if (count !== 2) return serve(request, response, bytes, count === 1 ? { cut: half } : {});
      const range = `bytes ${half + 1}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(206, { etag: '"one"', 'content-range': range });
      response.end(bytes.subarray(half + 1));
    };
    await fetch({ sha256 });
    expect(server.requests.map(({ headers }) => headers.range)).to.deep.equal([
      undefined,
      `bytes=${half}-`,
      undefined,
    ]);
  });

  it('starts anew after 416', async () => {
    server.answer = (request, response, count) => {
      if (count === 2) response.writeHead(416).end();
      else serve(request, response, bytes, count === 1 ? { cut: half } : {});
    };
    await fetch({ sha256 });
    expect(server.requests).to.have.length(3);
  });

  it('refuses a file that is shorter than announced', async () => {
    server.answer = (request, response) => serve(request, response, bytes, { cut: half, etag: null });
    await failure(fetch({ attempts: 2 }));
    expect(server.requests).to.have.length(2);
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('refuses a resumed file whose total does not come together', async () => {
    server.answer = (request, response, count) => {
      if (count === 1) return serve(request, response, bytes, { cut: half });
      const range = `bytes ${half}-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(206, { etag: '"one"', 'content-range': range });
      response.end(bytes.subarray(half, half + 10));
    };
    expect(await failure(fetch({ attempts: 2 }))).to.contain(`where ${bytes.length} were announced`);
  });

  it('refuses a wrong hash, names both, and keeps nothing', async () => {
    server.answer = (request, response) => serve(request, response, bytes);
    const wrong = '0'.repeat(64);
    expect(await failure(fetch({ sha256: wrong })))
      .to.contain(sha256)
      .and.contain(wrong);
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('does not ask again after 404', async () => {
    server.answer = (_request, response) => response.writeHead(404).end('not here');
    expect(await failure(fetch())).to.equal(`${server.url}/file.zip: HTTP status 404`);
    expect(server.requests).to.have.length(1);
    expect(readdirSync(folder())).to.deep.equal([]);
  });

  it('asks again after 500, and gives up after the last attempt', async () => {
    server.answer = (_request, response) => response.writeHead(500).end();
    expect(await failure(fetch({ attempts: 2 }))).to.contain('HTTP status 500');
    expect(server.requests).to.have.length(2);
    server.answer = (request, response, count) =>
      count === 3 ? response.writeHead(503).end() : serve(request, response, bytes);
    await fetch({ sha256 });
    expect(server.requests).to.have.length(4);
  });

  it('follows redirects, and stops at a loop', async () => {
    server.answer = (request, response) => {
      if (request.url === '/file.zip') response.writeHead(302, { location: '/there' }).end();
      else serve(request, response, bytes);
    };
    await fetch({ sha256 });
    server.answer = (_request, response) => response.writeHead(301, { location: '/file.zip' }).end();
    const loop = join(folder(), 'loop.zip');
    const error = await download(`${server.url}/file.zip`, loop).catch((reason: unknown) => reason as Error);
    expect(error?.message).to.contain('more than 5 redirects');
    expect(existsSync(loop)).to.equal(false);
  });

  it('refuses redirects to another scheme and to plain http elsewhere', async () => {
    for (const location of [
      'https://example.invalid/file.zip',
      'ftp://127.0.0.1/file.zip',
      'file:///etc/passwd',
    ]) {
      server.answer = (_request, response) => response.writeHead(302, { location }).end();
      expect(await failure(fetch())).to.contain('which is refused');
    }
    server.answer = (_request, response) =>
      response.writeHead(302, { location: 'http://example.invalid/file.zip' }).end();
    expect(await failure(fetch())).to.contain('only https is allowed');
    expect(server.requests).to.have.length(4);
  });

  it('refuses plain http anywhere but on loopback', async () => {
    expect(await failure(download('http://example.invalid/file.zip', file()))).to.contain(
      'only https is allowed',
    );
  });

  it('gives up on a server that does not answer, or that stops in the middle', async () => {
    server.answer = () => {};
    const begin = Date.now();
    expect(await failure(fetch({ attempts: 1, idleTimeout: 300 }))).to.match(/timeout/i);
    server.answer = (_request, response) => {
      response.writeHead(200, { 'content-length': String(bytes.length), etag: '"one"' });
      response.write(bytes.subarray(0, half));
    };
    expect(await failure(fetch({ attempts: 1, idleTimeout: 300 }))).to.match(/timeout/i);
    expect(Date.now() - begin).to.be.lessThan(10_000);
  });

  it('gives up at once where nobody listens', async () => {
    const begin = Date.now();
    const message = await failure(download('http://127.0.0.1:1/file.zip', file()));
    expect(message).to.contain('ECONNREFUSED');
    expect(Date.now() - begin).to.be.lessThan(3_000);
  });

  describe('through a proxy', () => {
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy'];
    let before: Record<string, string | undefined> = {};
    beforeEach(() => {
      before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
      for (const name of names) delete process.env[name];
      process.env['HTTP_PROXY'] = server.url;
      process.env['HTTPS_PROXY'] = server.url;
    });
    afterEach(() => {
      for (const [name, value] of Object.entries(before))
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    });

    it('asks the proxy of the environment for the whole address', async () => {
      server.answer = (request, response) => serve(request, response, bytes);
      await download('http://127.0.0.1:1/file.zip', file(), { sha256 });
      expect(server.requests[0]?.url).to.equal('http://127.0.0.1:1/file.zip');
    });

    it('heeds NO_PROXY', async () => {
      process.env['NO_PROXY'] = '127.0.0.1';
      expect(await failure(download('http://127.0.0.1:1/file.zip', file()))).to.contain('ECONNREFUSED');
      expect(server.requests).to.have.length(0);
    });

    it('gives up on a proxy that hangs up on every tunnel', async () => {
      const begin = Date.now();
      const times = { attempts: 1, connectTimeout: 200, idleTimeout: 300 };
      expect(await failure(download('https://example.invalid/file.zip', file(), times))).to.match(/timeout/);
      expect(Date.now() - begin).to.be.lessThan(5_000);
    });
  });
});
