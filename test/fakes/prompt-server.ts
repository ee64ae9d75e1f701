import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { onTestFinished } from 'vitest';

/** Runs on its own event loop, so that it responds while the loop of the test is busy. */
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

/** Resolves to its address. It sends the headers of its response as soon as it has the request, and `body` a little later. */
export async function startPromptServer(body: string): Promise<string> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(SERVER)}`), {
    workerData: body,
  });
  onTestFinished(async () => void (await worker.terminate()));
  const [port] = await once(worker, 'message');
  return `http://127.0.0.1:${port}`;
}

/** Keeps the event loop of the test busy until its end, so that responses arrive before the loop reads them. */
export function keepLoopBusy(): void {
  let isDone = false;
  onTestFinished(() => {
    isDone = true;
  });
  const turn = () => {
    const until = performance.now() + 3;
    while (performance.now() < until);
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
}
