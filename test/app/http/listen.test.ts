import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '#app/http/listen.ts';
import { createLog } from '#app/log.ts';
import { connectTo, ENVELOPE, receiveAll, receiveHead, sign, start } from './running-app.ts';

describe('slow peers', () => {
  // Long enough for a hundred connections and one valid request, also on a busy machine.
  const LIMITS = {
    headers: { headersMs: 2_000, requestMs: 60_000, checkIntervalMs: 20 },
    body: { headersMs: 2_000, requestMs: 2_000, checkIntervalMs: 20 },
  };
  const PREFIXES = {
    headers: 'POST /whatsapp/v2 HTTP/1.1\r\nHost: x\r\nX-Slow: ',
    body: 'POST /whatsapp/v2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{',
  };

  it.each(['headers', 'body'] as const)(
    'that send their %s byte by byte are disconnected, and do not delay others',
    async (where) => {
      const app = await start({ limits: LIMITS[where] });
      const slow = await Promise.all(Array.from({ length: 100 }, () => connectTo(app.port)));
      const closed = slow.map((socket) => receiveAll(socket));
      for (const socket of slow) socket.write(PREFIXES[where]);
      const trickle = setInterval(() => {
        for (const socket of slow) if (socket.writable) socket.write('a');
      }, 50);

      const headers = { 'x-hub-signature-256': sign(ENVELOPE) };
      const valid = await fetch(`${app.url}/whatsapp/v2`, { method: 'POST', body: ENVELOPE, headers });
      expect(valid.status).toBe(200);
      expect(slow.filter((socket) => socket.closed)).toEqual([]);

      const responses = await Promise.all(closed.map((end) => end.catch(() => 'reset')));
      clearInterval(trickle);
      expect(responses).toHaveLength(100);
      expect(responses.filter((answer) => answer.startsWith('HTTP/1.1 2'))).toEqual([]);
      expect(app.logged.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  it('that are idle stay connected longer than the idle time-out of a load balancer', async () => {
    const app = await start();
    const response = await fetch(`${app.url}/health`);
    expect(response.headers.get('keep-alive')).toBe('timeout=65');
  });
});

describe('a port', () => {
  const silent = createLog({ level: 'silent', now: () => 0 });

  it('in use is reported with its remedy', async () => {
    const app = await start();
    const again = listen(
      { callback: () => () => {} },
      { port: app.port, host: '127.0.0.1', leaving: new AbortController(), deadlineMs: 0, log: silent },
    );
    await expect(again).rejects.toThrow(
      `Port ${app.port} is in use by another program: stop that one, or set PORT to another number.`,
    );
  });
});

describe('the bound address', () => {
  const silent = createLog({ level: 'silent', now: () => 0 });
  const at = async (host: string | undefined) => {
    const leaving = new AbortController();
    const listening = await listen(
      { callback: () => (_, response) => response.end('here') },
      { port: 0, host, leaving, deadlineMs: 0, limits: { leavingIdleMs: 0 }, log: silent },
    );
    onTestFinished(() => listening.close());
    expect(await (await fetch(listening.url)).text()).toBe('here');
    return listening.address;
  };

  it.each([
    ['127.0.0.1', /^127\.0\.0\.1:\d+$/],
    ['localhost', /^(127\.0\.0\.1|\[::1\]):\d+$/],
    ['0.0.0.0', /^0\.0\.0\.0:\d+$/],
    [undefined, /^(\[::\]|0\.0\.0\.0):\d+$/],
  ])('is the address of the socket: %s', async (host, address) => {
    expect(await at(host)).toMatch(address);
  });

  it('must belong to this machine', async () => {
    // Of RFC 5737, which no machine has.
    await expect(at('192.0.2.1')).rejects.toThrow('HOST 192.0.2.1 is not an address of this machine');
  });
});

describe('close', () => {
  /** A store that resolves `accept` when the test opens it. */
  function gate() {
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    let waiting = 0;
    const accept = async () => {
      waiting += 1;
      await opened;
      return { stored: 1, known: 0, foreign: 0 };
    };
    return { open: () => open(), accept, waiting: () => waiting };
  }

  function deliver(
    url: string,
    agent: Agent,
  ): Promise<{ status: number | undefined; connection: string | undefined }> {
    return new Promise((resolve, reject) => {
      const headers = {
        'x-hub-signature-256': sign(ENVELOPE),
        'content-length': Buffer.byteLength(ENVELOPE),
      };
      request(`${url}/whatsapp/v2`, { method: 'POST', agent, headers }, (response) => {
        response.resume();
        response.on('end', () =>
          resolve({ status: response.statusCode, connection: response.headers.connection }),
        );
      })
        .on('error', reject)
        .end(ENVELOPE);
    });
  }

  it('responds to fifty requests in flight, each as the last of its connection, and accepts no more', async () => {
    const { open, accept, waiting } = gate();
    const app = await start({ accept });
    const agent = new Agent({ keepAlive: true });
    const inFlight = Array.from({ length: 50 }, () => deliver(app.url, agent));
    await expect.poll(waiting).toBe(50);

    const closed = app.close();
    const isListening = () => fetch(`${app.url}/health`).then(Boolean, () => false);
    await expect.poll(isListening).toBe(false);
    open();

    expect(await Promise.all(inFlight)).toEqual(Array(50).fill({ status: 200, connection: 'close' }));
    await closed;
    agent.destroy();
  });

  it('first makes readiness fail, and then every response is the last of its connection', async () => {
    const app = await start();
    app.leaving.abort();
    const response = await fetch(`${app.url}/ready`);
    expect([response.status, response.headers.get('connection')]).toEqual([503, 'close']);
    expect(await response.json()).toMatchObject({ ready: false, reason: 'this instance is leaving' });
    expect((await fetch(`${app.url}/health`)).status).toBe(200);
  });

  it('makes readiness fail', async () => {
    const app = await start();
    const closed = app.close();
    expect(app.leaving.signal.aborted).toBe(true);
    await closed;
  });

  it('responds to pipelined requests', async () => {
    const { open, accept, waiting } = gate();
    const app = await start({ accept, deadlineMs: 60_000 });
    const socket = await connectTo(app.port);
    const received = receiveAll(socket);
    socket.write(
      `POST /whatsapp/v2 HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: ${sign(ENVELOPE)}\r\n` +
        `Content-Length: ${ENVELOPE.length}\r\n\r\n${ENVELOPE}GET /health HTTP/1.1\r\nHost: x\r\n\r\n`,
    );
    await expect.poll(waiting).toBe(1);
    const closed = app.close();
    open();
    await closed;
    expect(await received).toMatch(/^HTTP\/1\.1 200 .*"stored".*HTTP\/1\.1 200 .*"healthy"/s);
  });

  it('responds to every connection in the accept backlog, which a busy process has not accepted yet', async () => {
    const app = await start({ limits: { leavingIdleMs: 60_000 }, deadlineMs: 60_000 });
    const received = Array.from({ length: 10 }, () => {
      const waiting = connect(app.port, '127.0.0.1');
      waiting.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      return receiveAll(waiting);
    });
    // The connections are opened in the next tick, and the kernel accepts them at once.
    await new Promise<void>((called) => process.nextTick(called));
    const closed = app.close();
    for (const answer of await Promise.all(received))
      expect(answer).toMatch(/^HTTP\/1\.1 200 .*Connection: close/s);
    await closed;
  });

  it('responds to a request on an idle connection, as its last response', async () => {
    const app = await start({ limits: { leavingIdleMs: 60_000 }, deadlineMs: 60_000 });
    const idle = await connectTo(app.port);
    idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await receiveHead(idle);
    const received = receiveAll(idle);
    const closed = app.close();
    // Longer than the interval at which idle connections are closed.
    await sleep(150);
    idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await received).toMatch(/HTTP\/1\.1 200 .*Connection: close/s);
    await closed;
  });

  it('closes idle and unused connections', async () => {
    const app = await start({ deadlineMs: 60_000 });
    const idle = await connectTo(app.port);
    idle.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await receiveHead(idle);
    const silent = await connectTo(app.port);
    const closed = Promise.all(
      [idle, silent].map((socket) =>
        once(
          socket.resume().on('error', () => {}),
          'close',
        ),
      ),
    );
    await app.close();
    await closed;
  });

  it('reads the rest of a body in flight', async () => {
    const app = await start();
    const socket = await connectTo(app.port);
    const received = receiveAll(socket);
    socket.write(
      `POST /whatsapp/v2 HTTP/1.1\r\nHost: x\r\nX-Hub-Signature-256: ${sign(ENVELOPE)}\r\n` +
        `Content-Length: ${ENVELOPE.length}\r\n\r\n${ENVELOPE.slice(0, 5)}`,
    );
    await fetch(`${app.url}/health`);
    const closed = app.close();
    socket.write(ENVELOPE.slice(5));
    expect(await received).toMatch(/^HTTP\/1\.1 200 .*Connection: close/s);
    await closed;
  });

  it('cuts the remaining connections at the deadline', async () => {
    const app = await start({ deadlineMs: 100, accept: () => new Promise(() => {}) });
    const stuck = deliver(app.url, new Agent()).catch((error: NodeJS.ErrnoException) => error.code);
    await fetch(`${app.url}/health`);
    await app.close();
    expect(await stuck).toBe('ECONNRESET');
  });

  it('is idempotent', async () => {
    const app = await start();
    await Promise.all([app.close(), app.close()]);
  });
});
