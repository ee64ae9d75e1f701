import type { ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerAtOnce } from '../../instant-backend.ts';
import { closeAtOnce, createLoopbackServer, listenOnLoopback } from '../../loopback-server.ts';
import { markIn } from '../deliveries.ts';

/** Times in milliseconds of `performance.now()`, by the number of the message. */
type Times = Map<number, number>;

/** The backend and the Graph API of the measured program, in this process. */
export interface Outside {
  readonly url: string;
  /** When the backend got the question. */
  readonly asked: Times;
  /** When the backend sent the first byte of its answer. */
  readonly firstByte: Times;
  /** When the Graph API got the first part. */
  readonly firstPart: Times;
  /** Parts beyond the first one, by the number of the message. Answers are short, so each is a repetition. */
  readonly repeated: () => number;
  close(): Promise<void>;
}

/**
 * Starts the backend and the Graph API. The backend answers each question with its mark after `thinkMs`: at
 * `/assistant` as plain text, and below `/whatsapp/v2` as ansari-backend does.
 */
export async function startOutside(thinkMs: number): Promise<Outside> {
  const asked: Times = new Map();
  const firstByte: Times = new Map();
  const firstPart: Times = new Map();
  let repeated = 0;

  async function answer(text: string, response: ServerResponse): Promise<void> {
    const mark = markIn(text);
    if (mark !== undefined) asked.set(mark.number, performance.now());
    if (thinkMs > 0) await sleep(thinkMs);
    if (mark !== undefined) firstByte.set(mark.number, performance.now());
    response.setHeader('Content-Type', 'text/plain; charset=utf-8');
    response.end(`The answer to ${mark?.text ?? 'a question'} is short.`);
  }

  function takePart(text: string, response: ServerResponse): void {
    const mark = markIn(text);
    if (mark !== undefined) {
      if (firstPart.has(mark.number)) repeated += 1;
      else firstPart.set(mark.number, performance.now());
    }
    respondJson(response, {
      success: true,
      messaging_product: 'whatsapp',
      contacts: [{ input: '15550000000', wa_id: '15550000000' }],
      messages: [{ id: `wamid.sent-${firstPart.size + repeated}` }],
    });
  }

  const server = createLoopbackServer(async (request, response) => {
    const text = await textOf(request);
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    if (path === '/assistant' || path.endsWith('/messages/process')) return answer(text, response);
    const json = answerAtOnce(path);
    return json === undefined ? takePart(text, response) : respondJson(response, json);
  });
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    ...{ asked, firstByte, firstPart },
    repeated: () => repeated,
    close: () => closeAtOnce(server),
  };
}

function respondJson(response: ServerResponse, body: object): void {
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}
