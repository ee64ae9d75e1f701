import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Runs on an event loop of its own, so that it answers while the test's loop is busy. */
const SERVER = `
  import { createServer } from 'node:http';
  import { parentPort, workerData } from 'node:worker_threads';
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    response.writeHead(200, { 'content-length': Buffer.byteLength(workerData) }).flushHeaders();
    setTimeout(() => response.end(workerData), 5);
  });
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
`;

/** Its address. It sends the head of its answer the moment it has the question, and `body` a little later. */
export async function startPromptServer(body: string): Promise<string> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(SERVER)}`), {
    workerData: body,
  });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, 'message');
  return `http://127.0.0.1:${port}`;
}

/** Keeps the event loop of the test busy until its end, so that answers are there before the loop comes to look. */
export function keepLoopBusy(): void {
  let ended = false;
  onTestFinished(() => {
    ended = true;
  });
  const turn = () => {
    const until = performance.now() + 3;
    while (performance.now() < until);
    if (!ended) setImmediate(turn);
  };
  setImmediate(turn);
}
