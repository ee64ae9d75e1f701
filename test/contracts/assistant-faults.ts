import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { Forgotten, Refused, Unavailable } from '#app/domain/errors.ts';
import type { Limits } from '#app/http-client/client.ts';
import type { Assistant } from '#app/ports/assistant.ts';
import { type FakeServer, fakeServer } from '../fakes/http-server.ts';

export interface WireFormat {
  readonly type: string;
  create(url: string, limits: Partial<Limits>): Assistant;
  /** A piece of an answer on the wire. */
  piece(text: string): string;
  /** What makes an answer whole, given all of its text. */
  ending(text: string): string;
  /** The code of an `Unavailable` for a key that is not taken. */
  readonly keyCode: string;
  /** Statuses that mean: this request, never. */
  readonly refused: readonly number[];
}

export const SECRET_KEY = 'key-nobody-may-see';
const PHONE = '15550001234';
const TEXT = 'words-nobody-may-see';
const question = { assistantUserId: PHONE, threadId: 'thread-1', text: TEXT };
const never = new AbortController().signal;

/** What an assistant over HTTP makes of a server that fails in every way we know. */
export function assistantFaultsContract(name: string, format: WireFormat) {
  describe(`${name}, when its server fails`, () => {
    let server: FakeServer;
    afterEach(() => server.close());

    async function ask(
      answer: (res: ServerResponse) => unknown,
      limits: Partial<Limits> = {},
      signal = never,
    ): Promise<string> {
      server = await fakeServer(answer);
      return await format.create(server.url, limits).answer(question, signal);
    }

    async function failure(
      answer: (res: ServerResponse) => unknown,
      limits: Partial<Limits> = {},
    ): Promise<unknown> {
      const error = await ask(answer, limits).then(
        (words) => new Error(`answered ${words.length} characters`),
        (reason: unknown) => reason,
      );
      const shown = inspect(error, { depth: 10, showHidden: true });
      for (const secret of [SECRET_KEY, PHONE, TEXT]) expect(shown).not.toContain(secret);
      return error;
    }

    const head = (res: ServerResponse) => res.writeHead(200, { 'content-type': format.type });
    const status =
      (code: number, headers = {}) =>
      (res: ServerResponse) =>
        res.writeHead(code, headers).end(TEXT);

    test('characters cut between two chunks are whole', async () => {
      const text = 'الصبر 👩‍👩‍👧 جميل';
      const words = await ask(async (res) => {
        head(res);
        for (const byte of Buffer.from(format.piece(text) + format.ending(text))) {
          if (!res.write(Buffer.of(byte))) await once(res, 'drain');
          await new Promise((resolve) => setImmediate(resolve));
        }
        res.end();
      });
      expect(words).toBe(text);
    });

    test('a stream that is cut', async () => {
      const error = await failure((res) => {
        head(res).write(format.piece('half'), () => res.destroy());
      });
      expect(error).toBeInstanceOf(Unavailable);
      expect(error).toMatchObject({ scope: 'turn' });
    });

    test.each(['', ' \n', '\u200b\u2800\ufe0f'])(
      'an answer in which nothing can be seen: %j',
      async (text) => {
        const words = text === '' ? format.ending('') : format.piece(text) + format.ending(text);
        const error = await failure((res) => head(res).end(words));
        expect(error).toMatchObject({ name: 'Unavailable', code: 'empty-answer', scope: 'turn' });
      },
    );

    test('bytes that are not UTF-8', async () => {
      const error = await failure((res) => head(res).end(Buffer.from([0x64, 0x61, 0xff, 0xfe, 0x0a])));
      expect(error).toMatchObject({ name: 'Unavailable', code: 'not-utf-8' });
    });

    test('a character that no text has', async () => {
      const error = await failure((res) => head(res).end(format.piece('a\0b') + format.ending('a\0b')));
      expect(error).toMatchObject({ name: 'Unavailable', code: 'unexpected-answer' });
    });

    test('an answer of another type, as a proxy gives', async () => {
      const error = await failure((res) => res.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));
      expect(error).toMatchObject({ name: 'Unavailable', code: 'unexpected-answer' });
    });

    test('a drip that outlasts the total time', async () => {
      const error = await failure(
        (res) => {
          head(res);
          const drip = setInterval(() => res.write(format.piece('.')), 5);
          res.once('close', () => clearInterval(drip));
        },
        { totalMs: 150 },
      );
      expect(error).toMatchObject({ name: 'Unavailable', code: 'timeout-request' });
    });

    test('silence in the middle', async () => {
      const error = await failure((res) => head(res).write(format.piece('so')), { idleMs: 100 });
      expect(error).toMatchObject({ name: 'Unavailable', code: 'idle' });
    });

    test('no first byte', async () => {
      const error = await failure(() => {}, { firstByteMs: 100 });
      expect(error).toMatchObject({ name: 'Unavailable', code: 'timeout-response' });
    });

    test('an endless stream', async () => {
      const error = await failure((res) => {
        head(res);
        const piece = format.piece('x'.repeat(8_192));
        const more = () => {
          while (res.write(piece) && !res.destroyed);
        };
        res.on('drain', more);
        more();
      });
      expect(error).toMatchObject({ name: 'Unavailable', code: 'too-long' });
    });

    test('a connection reset before the first byte', async () => {
      const error = await failure((res) => res.socket?.resetAndDestroy());
      expect(error).toMatchObject({ name: 'Unavailable', code: 'ECONNRESET' });
    });

    test('nobody listens', async () => {
      server = await fakeServer(() => {});
      await server.close();
      const gone = server.url;
      server = await fakeServer(() => {});
      const error: unknown = await format
        .create(gone, {})
        .answer(question, never)
        .catch((reason) => reason);
      expect(error).toMatchObject({ name: 'Unavailable', code: 'ECONNREFUSED' });
    });

    test.each([500, 502, 504, 408])('status %i may pass', async (code) => {
      expect(await failure(status(code))).toMatchObject({
        name: 'Unavailable',
        scope: 'turn',
        code: `http-${code}`,
      });
    });

    test('429 is for all of us, and says when', async () => {
      const error = await failure(status(429, { 'retry-after': '7' }));
      expect(error).toMatchObject({ name: 'Unavailable', scope: 'app', retryAfterMs: 7_000 });
    });

    test('503 says when by a date', async () => {
      const date = new Date(NOW + 90_000).toUTCString();
      expect(await failure(status(503, { 'retry-after': date }))).toMatchObject({
        name: 'Unavailable',
        retryAfterMs: 90_000,
      });
    });

    test.each([401, 403])('%i: the key is wrong, for all of us', async (code) => {
      const error = await failure(status(code));
      const says = { name: 'Unavailable', scope: 'app', code: format.keyCode, alarm: 'backend-key' };
      expect(error).toMatchObject(says);
    });

    test('404 is Forgotten', async () => {
      expect(await failure(status(404))).toBeInstanceOf(Forgotten);
    });

    test.each(format.refused)('%i is Refused', async (code) => {
      expect(await failure(status(code))).toBeInstanceOf(Refused);
    });

    test('a redirect is not followed', async () => {
      const error = await failure(status(307, { location: '/elsewhere' }));
      expect(error).toMatchObject({ name: 'Unavailable', scope: 'app', code: 'http-307' });
      expect(server.seen).toHaveLength(1);
    });

    test('a failed call is not repeated', async () => {
      await failure((res) => res.socket?.destroy());
      expect(server.seen).toHaveLength(1);
    });

    test('aborting in the middle ends the call with the reason, and lets go of the server', async () => {
      const stop = new AbortController();
      const reason = new Error('the lease is lost');
      const closed = Promise.withResolvers<void>();
      const answer = ask(
        (res) => {
          res.once('close', closed.resolve);
          head(res).write(format.piece('so'), () => stop.abort(reason));
        },
        {},
        stop.signal,
      );
      await expect(answer).rejects.toBe(reason);
      await closed.promise;
    });

    test('aborting before the first byte ends the call with the reason', async () => {
      const stop = new AbortController();
      const reason = new Error('shutting down');
      await expect(ask(() => stop.abort(reason), {}, stop.signal)).rejects.toBe(reason);
    });
  });
}

/** The time that `create` gives its assistant. */
export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
