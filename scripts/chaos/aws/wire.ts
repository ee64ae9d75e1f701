import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A call in AWS's JSON protocols. */
export interface Call {
  /** `PutItem`, `SendMessage`... */
  readonly operation: string;
  readonly body: string;
}

/** What becomes of a call on its way. */
export type Fate =
  /** It is asked, in other words perhaps and more than once, and answered, in other words perhaps. */
  | {
      readonly kind: 'passes';
      readonly body?: string;
      readonly times?: number;
      readonly answer?: (body: string) => string;
    }
  /** Nobody is asked. */
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  /** The connection is reset, before anybody was asked or instead of the answer. */
  | { readonly kind: 'cut'; readonly asked: boolean }
  /** It is done at once and answered so much later. */
  | { readonly kind: 'stalls'; readonly ms: number };

export interface Wire {
  readonly url: string;
  close(): Promise<void>;
}

const PASSES: Fate = { kind: 'passes' };

/** Stands between our programs and an engine at `target`, and lets `fate` decide over each call. */
export async function startWire(target: string, fate: (call: Call) => Fate | undefined): Promise<Wire> {
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });

  async function forward(incoming: IncomingMessage, body: string): Promise<{ status: number; body: string }> {
    const { host: _, 'content-length': __, connection: ___, ...headers } = incoming.headers;
    const outgoing = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method ?? 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent,
    });
    outgoing.end(body);
    const [answer]: IncomingMessage[] = await once(outgoing, 'response');
    if (answer === undefined) throw new Error('no answer');
    return { status: answer.statusCode ?? 502, body: await text(answer) };
  }

  async function carry(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    const decided = fate({ operation, body }) ?? PASSES;
    const reply = (status: number, words: string) =>
      response.writeHead(status, { 'content-type': incoming.headers['content-type'] }).end(words);
    switch (decided.kind) {
      case 'answered':
        return void reply(decided.status, decided.body);
      case 'cut':
        if (decided.asked) await forward(incoming, body);
        return void incoming.socket.resetAndDestroy();
      case 'stalls': {
        const answer = await forward(incoming, body);
        setTimeout(() => reply(answer.status, answer.body), decided.ms);
        return;
      }
      case 'passes': {
        const asked = decided.body ?? body;
        for (let time = 1; time < (decided.times ?? 1); time += 1) await forward(incoming, asked);
        const answer = await forward(incoming, asked);
        const change = answer.status === 200 ? decided.answer : undefined;
        return void reply(answer.status, change?.(answer.body) ?? answer.body);
      }
    }
  }

  const server = createServer((incoming, response) => {
    // Whoever asked may have been killed meanwhile, and so may the engine at the end of a storm.
    carry(incoming, response).catch(() => incoming.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await closed;
    },
  };
}
