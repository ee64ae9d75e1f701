import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const OK = 'HTTP/1.1 200';

/** A keep-alive connection with at most one request on its way. Plain sockets: the load must cost less than the server. */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer | undefined;
  #answered: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => {
      if (this.#answered !== undefined) throw new Error('the server closed a connection without an answer');
    });
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** Calls back when the whole answer is in. Throws, out of the event loop, unless it is a 200. */
  send(request: Buffer, answered: () => void): void {
    this.#answered = answered;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const bytes = this.#received === undefined ? chunk : Buffer.concat([this.#received, chunk]);
    if (!isWhole(bytes)) {
      this.#received = bytes;
      return;
    }
    this.#received = undefined;
    const answered = this.#answered;
    this.#answered = undefined;
    answered?.();
  }
}

/** True when the answer has ended. Answers carry `Content-Length`, and nothing follows them. */
function isWhole(bytes: Buffer): boolean {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return false;
  const head = bytes.toString('latin1', 0, headEnd);
  if (!head.startsWith(OK)) throw new Error(`the server answered ${head.slice(0, 40)}`);
  const length = /content-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error('an answer without Content-Length');
  return bytes.length >= headEnd + HEAD_END.length + Number(length);
}
