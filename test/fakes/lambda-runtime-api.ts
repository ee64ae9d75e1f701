/**
 * The Lambda runtime API (Lambda developer guide, "Using the Lambda runtime API for custom runtimes"), as one container
 * sees it: it asks for the next invocation, and answers it with a response or an error.
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
  /** Resolves whenever the container asks for work: the first time its initialisation is over. */
  asked(): Promise<void>;
  /** Resolves when the container says that it could not be initialised. */
  readonly initError: Promise<Failure>;
  /** Hands the event to the container when it asks next. */
  invoke(event: unknown, remainingMs: number): Promise<Outcome>;
  close(): Promise<void>;
}

const ARN = 'arn:aws:lambda:us-west-2:123456789012:function:worker';

export async function startRuntimeApi(): Promise<RuntimeApi> {
  const initError = Promise.withResolvers<Failure>();
  let asking: ServerResponse | undefined;
  let asked = Promise.withResolvers<void>();
  let running: Invocation | undefined;

  const server = createServer(async (request, response) => {
    const [kind, ...rest] = pathOf(request);
    if (request.method === 'GET' && kind === 'invocation' && rest[0] === 'next') {
      asking = response;
      asked.resolve();
      return;
    }
    const body: unknown = await json(request);
    response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"OK"}');
    if (kind === 'init') return initError.resolve(FAILURE.parse(body));
    const [id, way] = rest;
    if (running === undefined || id !== running.id) throw new Error(`nothing runs that is ${id}`);
    const { settle } = running;
    running = undefined;
    settle(way === 'response' ? { response: body } : { error: FAILURE.parse(body) });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  function handOver(to: ServerResponse, invocation: Invocation): void {
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
    asked: () => asked.promise,
    async invoke(event, remainingMs) {
      await asked.promise;
      asked = Promise.withResolvers();
      if (asking === undefined) throw new Error('nobody asked');
      const { promise, resolve: settle } = Promise.withResolvers<Outcome>();
      handOver(asking, { id: randomUUID(), event, deadline: Date.now() + remainingMs, settle });
      return promise;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `/2018-06-01/runtime/invocation/<id>/response` without what all paths begin with. */
function pathOf({ url = '' }: IncomingMessage): string[] {
  const [version, runtime, ...rest] = url.split('/').slice(1);
  if (version !== '2018-06-01' || runtime !== 'runtime') throw new Error(`the runtime API has no ${url}`);
  return rest;
}
