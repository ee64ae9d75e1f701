/**
 * A proxy of the emulated account. It stores the archives of functions, since the account does not return them, refuses what
 * CloudWatch Logs would refuse, and adds the calls of Budgets and Lambda that the account lacks.
 */
import { once } from 'node:events';
import { request as call, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import * as z from 'zod';
import { refusedFilter } from './absent-log-groups.ts';
import { Budgets } from './budgets.ts';

/** Lambda's GetAccountSettings. */
const ACCOUNT_SETTINGS = '/2016-08-19/account-settings';
/** Lambda's CreateFunction. */
const CREATE = /^\/2015-03-31\/functions\/?$/;
const FUNCTION = z.object({ FunctionName: z.string(), Code: z.object({ ZipFile: z.base64() }) });

export interface AccountProxy {
  readonly url: string;
  /** By the name of the function. */
  readonly archives: ReadonlyMap<string, Buffer>;
  close(): Promise<void>;
}

export async function startAccountProxy(endpoint: string): Promise<AccountProxy> {
  const archives = new Map<string, Buffer>();
  const budgets = new Budgets();
  const server = createServer(async (request, response) => {
    const { method, headers, url = '/' } = request;
    const body = await buffer(request);
    if (method === 'POST' && CREATE.test(url)) {
      const { FunctionName, Code } = FUNCTION.parse(JSON.parse(body.toString()));
      archives.set(FunctionName, Buffer.from(Code.ZipFile, 'base64'));
    }
    if (method === 'GET' && url.startsWith(ACCOUNT_SETTINGS)) {
      const AccountLimit = { ConcurrentExecutions: 1000, UnreservedConcurrentExecutions: 1000 };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ AccountLimit }));
      return;
    }
    const added = budgets.answer(String(headers['x-amz-target'] ?? ''), body.toString());
    if (added !== undefined) {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(added));
      return;
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
