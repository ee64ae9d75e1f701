/** A database of its own on a real MongoDB, reached through a proxy that can cut the connections. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Document } from 'mongodb';
import { onTestFinished } from 'vitest';
import { createTokenKeys } from '#app/businesses/token-envelope.ts';
import { testDatabase } from '../../fakes/mongodb.ts';
import { startTcpProxy } from '../../fakes/tcp-proxy.ts';
import { canRun } from '../needs.ts';

const URI = process.env.MONGODB_URI;
const server = URI === undefined ? undefined : URL.parse(URI);
const isLocal = ['localhost', '127.0.0.1'].includes(server?.hostname ?? '');

/** Connections are cut by a proxy, which leads to ports of this machine. */
export const hasMongoDb = canRun('mongodb', isLocal ? [] : ['no MONGODB_URI of a server on this machine']);

export const KEY_TEXT = `k1:${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const keys = createTokenKeys([{ id: 'k1', key: Buffer.from('0123456789abcdef0123456789abcdef') }]);

/** The document of an active business, as other programs write it. */
export function documentOf(id: string, numbers: unknown, more: Document = {}): Document {
  return {
    ...{ _id: id, name: `Business ${id}`, subDomain: id, wabaId: '101' },
    ...{ whatsappPhoneNumberIds: numbers, whatsappEnabled: true, isActive: true },
    ...{ whatsappAccessToken: keys.seal(id, tokenOf(id)), createdAt: new Date(0) },
    ...more,
  };
}

export const tokenOf = (id: string) => `token-of-${id}`;

/** Ends with the test, and so does the database. */
export async function openDatabase() {
  const { name, db } = await testDatabase(URI ?? '', onTestFinished);
  const collection = db.collection<Document>('businesses');

  const port = Number(server?.port || 27_017);
  const proxy = await startTcpProxy();
  proxy.forwardTo(port);
  const uri = new URL(URI ?? '');
  uri.host = new URL(proxy.url).host;
  uri.searchParams.set('directConnection', 'true');
  const silent = await silentServer();
  return {
    name,
    collection,
    /** Through the proxy. */
    uri: uri.href,
    /** As of a server that was killed: open connections end, and new ones are ended at once. */
    kill() {
      proxy.forwardTo(1);
      proxy.closeConnections();
    },
    /** As of a network that loses everything: open connections stay, new ones are accepted, and nothing comes back. */
    silence() {
      proxy.forwardTo(silent);
      proxy.hold();
    },
    restart() {
      proxy.forwardTo(port);
      proxy.closeConnections();
    },
  };
}

/** Resolves to the port of a server that accepts connections and never says a word. */
async function silentServer(): Promise<number> {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
  });
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  const address = silent.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
