import { createServer } from 'node:http';
import twilio from 'twilio';
import { DEVELOPMENT } from '#scripts/simulator/development.ts';
import { listenLocally, type RecordedRequests, recordedRequests, stop } from './recorded-requests.ts';

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
export interface FormApp extends RecordedRequests<Taken> {
  /** Without path. */
  readonly url: string;
  /** The next responses; 204 when none is left. */
  readonly answers: number[];
  close(): Promise<void>;
}

export async function startFormApp(): Promise<FormApp> {
  const answers: number[] = [];
  const { take, ...recorded } = recordedRequests<Taken>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const fields = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const url = request.url ?? '/';
    const header = String(request.headers['x-twilio-signature']);
    const status = answers.shift() ?? 204;
    const delivery = {
      url,
      fields,
      isGenuine: twilio.validateRequest(DEVELOPMENT.twilio.authToken, header, `${origin}${url}`, fields),
      idempotencyToken: String(request.headers['i-twilio-idempotency-token']),
      status,
    };
    response.writeHead(status).end();
    take(delivery);
  });
  const origin = `http://127.0.0.1:${await listenLocally(server)}`;
  return {
    url: origin,
    answers,
    ...recorded,
    close: () => stop(server),
  };
}
