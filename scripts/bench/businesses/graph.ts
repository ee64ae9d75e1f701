import { createServer } from 'node:http';
import { closeAtOnce, listenOnLoopback } from '../../loopback-server.ts';
import { type Marked, markersIn, numberOf, tokenOf } from './world.ts';

export interface Graph {
  readonly url: string;
  /** When the answer to each message arrived, in milliseconds of `performance.now()`; several when it was answered twice. */
  readonly answers: ReadonlyMap<number, readonly number[]>;
  /** Answers that were sent by another business than the one the message was written to, or with another token. */
  readonly crossed: readonly Marked[];
  /** Forgets all answers. */
  reset(): void;
  close(): Promise<void>;
}

/** Receives what the service sends to Meta, and notes which business answered which message. */
export async function startGraph(): Promise<Graph> {
  const answers = new Map<number, number[]>();
  const crossed: Marked[] = [];

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const now = performance.now();
      const text = Buffer.concat(chunks).toString('utf8');
      for (const marked of markersIn(text)) {
        const { message, business } = marked;
        answers.set(message, [...(answers.get(message) ?? []), now]);
        const isOwn =
          request.url?.includes(`/${numberOf(business)}/`) === true &&
          request.headers.authorization === `Bearer ${tokenOf(business)}`;
        if (!isOwn) crossed.push(marked);
      }
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify({ messages: [{ id: `wamid.sent-${answers.size}-${now}` }], success: true }),
      );
    });
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    answers,
    crossed,
    reset() {
      answers.clear();
      crossed.length = 0;
    },
    close: () => closeAtOnce(server),
  };
}
