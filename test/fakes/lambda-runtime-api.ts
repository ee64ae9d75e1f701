/**
 * The Lambda runtime API (Lambda developer guide, "Using the Lambda runtime API for custom runtimes"), for one container,
 * which requests the next invocation and posts a response or an error.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import * as z from 'zod';

const FAILURE = z.object({
  errorType: z.string(),
  errorMessage: z.string(),
  stackTrace: z.array(z.string()),
});
export type Failure = z.infer<typeof FAILURE>;

export type Outcome = { readonly response: unknown } | { readonly error: Failure };

interface Invocation {
  readonly id: string;
  readonly event: unknown;
  readonly deadline: number;
  readonly settle: (outcome: Outcome) => void;
}

export interface RuntimeApi {
  /** `AWS_LAMBDA_RUNTIME_API` */
  readonly address: string;
  /** Resolves when the container requests the next invocation; the first time after its initialisation. */
  nextRequested(): Promise<void>;
  /** Resolves when the container reports an initialisation error. */
  readonly initError: Promise<Failure>;
  /** Passes the event to the container at its next request. */
  invoke(event: unknown, remainingMs: number): Promise<Outcome>;
  close(): Promise<void>;
}

const ARN = 'arn:aws:lambda:us-west-2:123456789012:function:worker';

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const initError = Promise.withResolvers<Failure>();
  let nextResponse: ServerResponse | undefined;
  let nextRequest = Promise.withResolvers<void>();
  let running: Invocation | undefined;

  const server = createServer(async (request, response) => {
    const [kind, ...rest] = pathOf(request);
    if (request.method === 'GET' && kind === 'invocation' && rest[0] === 'next') {
      nextResponse = response;
      nextRequest.resolve();
      return;
    }
    const body: unknown = await json(request);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    if (kind === 'init') return initError.resolve(FAILURE.parse(body));
    const [id, result] = rest;
    if (running === undefined || id !== running.id) throw new Error(`no invocation ${id} is running`);
    const { settle } = running;
    running = undefined;
    settle(result === 'response' ? { response: body } : { error: FAILURE.parse(body) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function sendInvocation(to: ServerResponse, invocation: Invocation): void {
    running = invocation;
    to.writeHead(200, {
      'content-type': 'application/json',
      'Lambda-Runtime-Aws-Request-Id': invocation.id,
      'Lambda-Runtime-Deadline-Ms': String(invocation.deadline),
      'Lambda-Runtime-Invoked-Function-Arn': ARN,
      'Lambda-Runtime-Trace-Id': 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
    });
    to.end(JSON.stringify(invocation.event));
  }

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    initError: initError.promise,
    nextRequested: () => nextRequest.promise,
    async invoke(event, remainingMs) {
      await nextRequest.promise;
      nextRequest = Promise.withResolvers();
      if (nextResponse === undefined) throw new Error('no invocation was requested');
      const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
      sendInvocation(nextResponse, { id: randomUUID(), event, deadline: Date.now() + remainingMs, settle });
      return promise;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `/2018-06-01/runtime/invocation/<id>/response` without the common prefix of all paths. */
function pathOf({ url = '' }: IncomingMessage): string[] {
  const [version, runtime, ...rest] = url.split('/').slice(1);
  if (version !== '2018-06-01' || runtime !== 'runtime') throw new Error(`the runtime API has no ${url}`);
  return rest;
}
