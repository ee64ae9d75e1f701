import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const REQUEST = z.object({ Names: z.array(z.string()).min(1).max(10), WithDecryption: z.literal(true) });

/** GetParameters of Parameter Store over its protocol (AWS JSON 1.1), with only these parameters. */
export async function startSsm(parameters: Readonly<Record<string, string>>): Promise<string> {
  const server = createServer(async (request, response) => {
    const read = REQUEST.safeParse(await json(request));
    const isValid = request.headers['x-amz-target'] === 'AmazonSSM.GetParameters' && read.success;
    const found = (read.data?.Names ?? []).filter((Name) => Name in parameters);
    response.writeHead(isValid ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ Parameters: found.map((Name) => ({ Name, Value: parameters[Name] })) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
