/** Stands before the emulated account, passes every call on, and records what IAM would have been asked. */
import { once } from 'node:events';
import { request as call, createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { PHASES, type RecordedCall } from '#infra/deploy-permissions/recorded.ts';
import { Calls } from './calls.ts';
import { generic } from './generic.ts';
import { operationOf } from './operation.ts';

type Phase = RecordedCall['in'][number];

export class Recorder {
  readonly #server: Server;
  readonly #endpoint: string;
  readonly #calls = new Calls();
  readonly #entries = new Map<string, { entry: Omit<RecordedCall, 'in'>; phases: Set<Phase> }>();
  /** Calls that could not be read. A recording with any of them is no recording. */
  readonly failures: string[] = [];
  readonly #names: ReadonlyMap<string, string>;
  #phase: Phase | undefined;

  constructor(endpoint: string, names: ReadonlyMap<string, string>) {
    this.#endpoint = endpoint;
    this.#names = names;
    this.#server = createServer((request, response) => {
      this.#pass(request).then(
        ({ status, headers, body }) => response.writeHead(status, headers).end(body),
        () => response.destroy(),
      );
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** What is called from now on belongs to this phase; undefined, it is nobody's. */
  enter(phase: Phase | undefined): void {
    this.#phase = phase;
  }

  /** Calls that the emulator has no part in. */
  add(entry: Omit<RecordedCall, 'in'>, phase: Phase): void {
    const key = JSON.stringify(entry);
    const found = this.#entries.get(key) ?? { entry, phases: new Set<Phase>() };
    found.phases.add(phase);
    this.#entries.set(key, found);
  }

  /** Sorted, each call once, with the phases that made it. */
  get entries(): readonly RecordedCall[] {
    return [...this.#entries]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([, { entry, phases }]) => ({ ...entry, in: PHASES.filter((phase) => phases.has(phase)) }));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(request: IncomingMessage) {
    const { method = 'GET', headers, url = '/' } = request;
    const body = await buffer(request);
    try {
      const operation = operationOf({ method, url, headers, body: body.toString() });
      for (const one of operation === undefined ? [] : this.#calls.of(operation))
        if (this.#phase !== undefined) this.add(generic(one, this.#names), this.#phase);
    } catch (error) {
      this.failures.push(String(error));
    }
    const onwards = call(new URL(url, this.#endpoint), { method, headers });
    onwards.end(body);
    const [answer]: [IncomingMessage] = (await once(onwards, 'response')) as [IncomingMessage];
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: await buffer(answer) };
  }
}
