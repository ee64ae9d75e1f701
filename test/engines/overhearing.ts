/**
 * A proxy before the emulated account that keeps the archives which functions are made of: nobody gives them back. It
 * refuses what CloudWatch Logs would.
 */
import { once } from 'node:events';
import { request as call, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import { refusedFilter } from './absent-log-groups.ts';

/** Lambda's CreateFunction. */
const CREATE = /^\/2015-03-31\/functions\/?$/;
const FUNCTION = z.object({ FunctionName: z.string(), Code: z.object({ ZipFile: z.base64() }) });

export interface Overhearing {
  readonly url: string;
  /** By the name of the function. */
  readonly archives: ReadonlyMap<string, Buffer>;
  close(): Promise<void>;
}

export async function overhear(endpoint: string): Promise<Overhearing> {
  const archives = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const { method, headers, url = '/' } = request;
    const body = await buffer(request);
    if (method === 'POST' && CREATE.test(url)) {
      const { FunctionName, Code } = FUNCTION.parse(JSON.parse(body.toString()));
      archives.set(FunctionName, Buffer.from(Code.ZipFile, 'base64'));
    }
    const refusal = await refusedFilter(endpoint, headers['x-amz-target'], body.toString());
    if (refusal !== undefined) {
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' }).end(refusal);
      return;
    }
    const onwards = call(new URL(url, endpoint), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onwards.on('error', () => response.destroy());
    onwards.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    archives,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
