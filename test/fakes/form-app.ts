import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import twilio from 'twilio';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';

interface Taken {
  /** Path and query. */
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Twilio's own package takes the signature as genuine. */
  readonly isGenuine: boolean;
  readonly idempotencyToken: string;
  readonly status: number;
}

/** A webhook app that records Twilio's forms and responds as the test defines. */
export interface FormApp {
  /** Without path. */
  readonly url: string;
  /** The next responses; 204 when none is left. */
  readonly answers: number[];
  readonly taken: readonly Taken[];
  /** Resolves when so many deliveries satisfy the condition. */
  until(count: number, what: (delivery: Taken) => boolean): Promise<readonly Taken[]>;
  close(): Promise<void>;
}

export async function startFormApp(): Promise<FormApp> {
  const answers: number[] = [];
  const taken: Taken[] = [];
  const events = new EventEmitter<{ taken: [] }>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const url = request.url ?? '/';
    const header = String(request.headers['x-twilio-signature']);
    const status = answers.shift() ?? 204;
    taken.push({
      url,
      fields,
      isGenuine: twilio.validateRequest(DEVELOPMENT.twilio.authToken, header, `${origin}${url}`, fields),
      idempotencyToken: String(request.headers['i-twilio-idempotency-token']),
      status,
    });
    response.writeHead(status).end();
    events.emit('taken');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  return {
    url: origin,
    answers,
    taken,
    async until(count, what) {
      for (;;) {
        const found = taken.filter(what);
        if (found.length >= count) return found;
        await once(events, 'taken');
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
