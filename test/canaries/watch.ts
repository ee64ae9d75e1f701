/**
 * Watches what this process and the processes that it starts print, for canaries. Output that a test keeps for itself is
 * watched too: the pipes of its processes, and the lines of its logs (`setup.ts`).
 */
import { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import type { Readable } from 'node:stream';
import { format } from 'node:util';
import { canariesIn } from './canaries.ts';

export interface Finding {
  readonly canary: string;
  /** The program and its stream. */
  readonly where: string;
  /** What surrounds it. */
  readonly text: string;
}

const findings: Finding[] = [];

/** Returns what was found since the last call. */
export function takeFindings(): Finding[] {
  return findings.splice(0);
}

/** Searches a whole output, such as one line. */
export function look(text: string, where: string): void {
  find(canariesIn(text), text, where);
}

function find(canaries: readonly string[], text: string, where: string): void {
  for (const canary of canaries) {
    const at = text.indexOf(canary);
    findings.push({ canary, where, text: text.slice(Math.max(0, at - 200), at + 200) });
  }
}

/** No canary is longer. */
const OVERLAP = 500;

/** Returns a function for the pieces of one stream. A canary that is cut into two pieces is found, once. */
function streamOf(where: string, options: { identities?: boolean } = {}): (piece: unknown) => void {
  let end = '';
  return (piece) => {
    if (typeof piece !== 'string' && !(piece instanceof Uint8Array)) return;
    const text = end + (typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8'));
    const known = new Set(canariesIn(end, options));
    const canaries = canariesIn(text, options).filter((canary) => !known.has(canary));
    find(canaries, text, where);
    end = text.slice(-OVERLAP);
  };
}

/** Idempotent. */
export function watch(): void {
  if (Reflect.get(ChildProcess.prototype, WATCHED) === true) return;
  Reflect.set(ChildProcess.prototype, WATCHED, true);
  watchChildren();
  watchOwnOutput();
}

const WATCHED = Symbol('watched for canaries');

/** A command shows an operator the person whom the operator names. `npm run dev` prints the log of the service. */
const OPERATOR_COMMAND = /(^|[\\/])(scripts|infra[\\/]cli)[\\/](?!dev\b)[\w\\/-]+\.ts$/;

/** `spawn` and `execFile` go through this method; `push` is how their pipes bring data, however it is read. */
function watchChildren(): void {
  const spawn: unknown = Reflect.get(ChildProcess.prototype, 'spawn');
  if (typeof spawn !== 'function') throw new Error('ChildProcess has no spawn: watch for canaries elsewhere');
  Reflect.set(ChildProcess.prototype, 'spawn', function (this: ChildProcess, ...args: unknown[]) {
    const result: unknown = spawn.apply(this, args);
    // A help names the public values of development.
    if (this.spawnargs.includes('--help') || isOfOthers(this)) return result;
    const identities = !this.spawnargs.some((arg) => OPERATOR_COMMAND.test(arg));
    const program = this.spawnargs.slice(1, 3).join(' ');
    // There it is what a client has asked for, as the body of a response is; the log goes to the standard error.
    const isProtocol = this.spawnargs.includes('--mcp');
    if (this.stdout && !isProtocol) tap(this.stdout, streamOf(`${program}: stdout`, { identities }));
    if (this.stderr) tap(this.stderr, streamOf(`${program}: stderr`, { identities }));
    return result;
  });
}

/** A client or a receiver that others wrote prints what it gets, for the test to compare. */
function isOfOthers({ spawnfile, spawnargs }: ChildProcess): boolean {
  return /(^|[\\/])python[\d.]*$/.test(spawnfile) || spawnargs.some((arg) => arg.startsWith('curl '));
}

function tap(stream: Readable, see: (piece: unknown) => void): void {
  const push = stream.push.bind(stream);
  stream.push = (chunk: unknown, encoding) => {
    see(chunk);
    return push(chunk, encoding);
  };
}

function watchOwnOutput(): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = process[name];
    const see = streamOf(`this process: ${name}`);
    const write = stream.write;
    Reflect.set(stream, 'write', (...args: unknown[]) => {
      see(args[0]);
      return Reflect.apply(write, stream, args);
    });
  }
  // `app/log/standard-output.ts` writes this way.
  const seen = [streamOf(''), streamOf('this process: writeSync(1)'), streamOf('this process: writeSync(2)')];
  const writeSync = fs.writeSync;
  Reflect.set(fs, 'writeSync', (fd: number, ...args: unknown[]) => {
    if (fd === 1 || fd === 2) seen[fd]?.(args[0]);
    return Reflect.apply(writeSync, fs, [fd, ...args]);
  });
  syncBuiltinESMExports();
  const { console } = globalThis;
  for (const name of ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const) {
    const print = console[name];
    Reflect.set(console, name, (...args: unknown[]) => {
      look(format(...args), `this process: console.${name}`);
      Reflect.apply(print, console, args);
    });
  }
}
