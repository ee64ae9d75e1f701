import type { MongoClient } from 'mongodb';
import type { PoolFigures } from '../../ports/business-cache.ts';

interface ConnectionEvent {
  readonly address: string;
  readonly connectionId: number | '<monitor>';
}

/** Counts connections by the driver's events ("Connection Monitoring and Pooling"). Call it before the client connects. */
export function watchPool(client: MongoClient): () => Pick<PoolFigures, 'inUse' | 'available'> {
  const open = new Set<string>();
  const inUse = new Set<string>();
  const keyOf = ({ address, connectionId }: ConnectionEvent) => `${address} ${connectionId}`;
  client.on('connectionReady', (event) => open.add(keyOf(event)));
  client.on('connectionCheckedOut', (event) => inUse.add(keyOf(event)));
  client.on('connectionCheckedIn', (event) => inUse.delete(keyOf(event)));
  client.on('connectionClosed', (event) => {
    open.delete(keyOf(event));
    inUse.delete(keyOf(event));
  });
  return () => ({ inUse: inUse.size, available: Math.max(0, open.size - inUse.size) });
}
