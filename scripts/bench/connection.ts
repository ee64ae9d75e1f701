import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const OK = 'HTTP/1.1 200';

/** A keep-alive connection with at most one open request. Uses a plain socket: the load must cost less than the server. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer | undefined;
  #onResponse: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('close', () => {
      if (this.#onResponse !== undefined)
        throw new Error('the server closed a connection without a response');
    });
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Calls back when the whole response has arrived. Throws from the event loop unless it is a 200. */
  send(request: Buffer, onResponse: () => void): void {
    this.#onResponse = onResponse;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    const bytes = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk]);
    if (!isComplete(bytes)) {
      this.#received = bytes;
      return;
    }
    this.#received = undefined;
    const onResponse = this.#onResponse;
    this.#onResponse = undefined;
    onResponse?.();
  }
}

/** Returns true when the response is complete. Responses have `Content-Length`, and nothing follows them. */
function isComplete(bytes: Buffer): boolean {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return false;
  const head = bytes.toString('latin1', 0, headEnd);
  if (!head.startsWith(OK)) throw new Error(`the server responded ${head.slice(0, 40)}`);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error('a response without Content-Length');
  return bytes.length >= headEnd + HEAD_END.length + Number(length);
}
