/** A TLS proxy for a plain HTTP program, at an address that stays while programs are replaced. */
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import * as z from 'zod';

const TLS = join(import.meta.dirname, '../../fixtures/tls');
/** The certificate authority that clients must trust. */
export const CERTIFICATE = join(TLS, 'certificate.pem');

/** `behind` returns the port on this machine for each connection. */
export async function startFront(behind: () => number): Promise<{ host: string; close(): void }> {
  const jwk: unknown = JSON.parse(readFileSync(join(TLS, 'key.jwk.json'), 'utf8'));
  const key = createPrivateKey({ key: z.record(z.string(), z.string()).parse(jwk), format: 'jwk' });
  const cert = readFileSync(CERTIFICATE);
  const server = createServer({ cert, key: key.export({ type: 'pkcs8', format: 'pem' }) }, (outside) => {
    const inside = connect(behind(), '127.0.0.1');
    outside.pipe(inside).pipe(outside);
    outside.on('error', () => inside.destroy());
    inside.on('error', () => outside.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return { host: `localhost:${port}`, close: () => server.close() };
}
