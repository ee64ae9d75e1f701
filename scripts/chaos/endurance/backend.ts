import type { IncomingMessage, Server } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { z } from 'zod';
import { answerAtOnce } from '../../instant-backend.ts';
import { closeAtOnce, createLoopbackServer, listenOnLoopback } from '../../loopback-server.ts';
import { freePort } from '../own-process.ts';

const question = z.object({ message: z.string() });

export interface InstantBackend {
  readonly url: string;
  /** Nothing listens any more. */
  goDown(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/**
 * ansari-backend's WhatsApp API without a memory, which answers each question at once with the question: what is measured is
 * the app, and the reference backend would take more of the machine than it.
 */
export async function startInstantBackend(): Promise<InstantBackend> {
  const port = await freePort();
  let server: Server | undefined;

  async function comeBack(): Promise<void> {
    server = createLoopbackServer(async (request, response) => {
      const answer = await answerTo(request);
      const isText = typeof answer === 'string';
      response.setHeader('content-type', isText ? 'text/plain' : 'application/json');
      response.end(isText ? answer : JSON.stringify(answer));
    });
    await listenOnLoopback(server, port);
  }

  async function goDown(): Promise<void> {
    const closing = server;
    server = undefined;
    if (closing === undefined) return;
    await closeAtOnce(closing);
  }

  await comeBack();
  return { url: `http://127.0.0.1:${port}`, goDown, comeBack, close: goDown };
}

async function answerTo(request: IncomingMessage): Promise<unknown> {
  const body = await textOf(request);
  const [path = '/'] = (request.url ?? '/').split('?');
  if (path.endsWith('/messages/process')) return question.parse(JSON.parse(body)).message;
  return answerAtOnce(path) ?? { status: 'ok' };
}
