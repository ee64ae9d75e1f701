import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { deliver, textDelivery } from '../fakes/delivery.ts';
import { temporaryFolder } from '../fakes/folder.ts';
import { startSystem } from '../fakes/system.ts';

const SOCKETS = 2_000;
const INCOMPLETE_REQUESTS = [
  'POST /whatsapp/v2 HTTP/1.1\r\nHost: x\r\nX-Slow: ',
  'POST /whatsapp/v2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n{',
];

it('2,000 sockets that send one byte per second are disconnected, and do not affect other deliveries', {
  timeout: 120_000,
}, async () => {
  const system = await startSystem({
    folder: temporaryFolder(),
    environment: { BATCH_WINDOW_SECONDS: '900' },
  });
  const app = await system.startApp();
  const { port } = new URL(app.url);
  const slow: Socket[] = [];
  for (let index = 0; index < SOCKETS; index += 1) {
    const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
    socket.write(INCOMPLETE_REQUESTS[index % INCOMPLETE_REQUESTS.length] ?? '');
    socket.resume();
    slow.push(socket);
    if (index % 100 === 99) await once(socket, 'connect');
  }
  const trickle = setInterval(() => {
    for (const socket of slow) if (socket.writable) socket.write('a');
  }, 1_000);

  let open = true;
  const allClosed = Promise.all(slow.map(closed));
  void allClosed.then(() => {
    open = false;
  });
  const statuses: number[] = [];
  for (let round = 0; open; round += 1) {
    statuses.push((await deliver(app.url, textDelivery(`wamid.normal-${round}`))).status);
    await sleep(100);
  }
  clearInterval(trickle);
  expect(statuses.length).toBeGreaterThan(20);
  expect(new Set(statuses)).toEqual(new Set([200]));
});

/** Resolves also after a reset, for which `once` would reject. */
function closed(socket: Socket): Promise<void> | undefined {
  return socket.closed ? undefined : new Promise((resolve) => socket.once('close', () => resolve()));
}
