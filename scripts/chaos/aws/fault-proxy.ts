import { once } from 'node:events';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { closeAtOnce, createLoopbackServer, listenOnLoopback } from '../../loopback-server.ts';

/** A call in AWS's JSON protocols. */
export interface Call {
  /** `PutItem`, `SendMessage`... */
  readonly operation: string;
  readonly body: string;
}

/** What the proxy does with a call. */
export type Fate =
  /** Forwards the call: with another body, several times, and with a changed response, when these are set. */
  | {
      readonly kind: 'forward';
      readonly body?: string;
      readonly times?: number;
      readonly changeResponse?: (body: string) => string;
    }
  /** Responds without forwarding. */
  | { readonly kind: 'respond'; readonly status: number; readonly body: string }
  /** Resets the connection: instead of the response when `forwarded`, otherwise without forwarding. */
  | { readonly kind: 'reset'; readonly forwarded: boolean }
  /** Forwards the call at once and delays the response. */
  | { readonly kind: 'delay'; readonly ms: number };

export interface FaultProxy {
  readonly url: string;
  close(): Promise<void>;
}

const FORWARD: Fate = { kind: 'forward' };

/** Starts a proxy in front of `target`. `fate` decides what happens to each call; undefined forwards it. */
export async function startFaultProxy(
  target: string,
  fate: (call: Call) => Fate | undefined,
): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: 500 });

  async function forward(incoming: IncomingMessage, body: string): Promise<{ status: number; body: string }> {
    const { host: _, 'content-length': __, connection: ___, ...headers } = incoming.headers;
    const outgoing = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method ?? 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      agent,
    });
    outgoing.end(body);
    const [response]: IncomingMessage[] = await once(outgoing, 'response');
    if (response === undefined) throw new Error('no response');
    return { status: response.statusCode ?? 502, body: await text(response) };
  }

  async function handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? '';
    const decision = fate({ operation, body }) ?? FORWARD;
    const reply = (status: number, content: string) =>
      response.writeHead(status, { 'content-type': incoming.headers['content-type'] }).end(content);
    switch (decision.kind) {
      case 'respond':
        return void reply(decision.status, decision.body);
      case 'reset':
        if (decision.forwarded) await forward(incoming, body);
        return void incoming.socket.resetAndDestroy();
      case 'delay': {
        const answer = await forward(incoming, body);
        setTimeout(() => reply(answer.status, answer.body), decision.ms);
        return;
      }
      case 'forward': {
        const forwardedBody = decision.body ?? body;
        for (let time = 1; time < (decision.times ?? 1); time += 1) await forward(incoming, forwardedBody);
        const answer = await forward(incoming, forwardedBody);
        const change = answer.status === 200 ? decision.changeResponse : undefined;
        return void reply(answer.status, change?.(answer.body) ?? answer.body);
      }
    }
  }

  // The emulator may have been killed too, at the end of a run.
  const server = createLoopbackServer(handle);
  const port = await listenOnLoopback(server);
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      agent.destroy();
      return closeAtOnce(server);
    },
  };
}
