/** `npm run dev -- --meta`: the app of this machine behind a real number, until the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkChallenge } from '../../../infra/cli/release/probe-meta.ts';
import { CommandError, messageOf } from '../../errors.ts';
import { provenCallback, requireCallbackUrl } from '../../meta/callback.ts';
import { setNumberCallback } from '../../meta/number-callback.ts';
import { type Meta, withMeta } from '../../meta/open.ts';
import { WEBHOOK_PATHS } from '../../simulator/options.ts';
import type { Source } from '../../subcommands/source.ts';
import type { Output } from '../output.ts';
import type { System } from '../system.ts';
import { checkNumber, type RealNumber, requireVariables } from './credentials.ts';
import { type OpenTunnel, runningTunnel, startTunnel } from './open-tunnel.ts';
import { type Presence, showPresence } from './presence.ts';
import { readRecord, writeRecord } from './record.ts';
import { takeBack } from './take-back.ts';

interface Options {
  readonly root: string;
  readonly source: Source;
  readonly output: Output;
  /** The public address of a tunnel that runs already. */
  readonly tunnel: string | undefined;
  readonly appPort: number;
  /** Resolves at the first signal. */
  readonly signal: Promise<'signal'>;
  /** Starts backend and app. */
  readonly start: () => System;
}

/** A new name of a quick tunnel takes some seconds to be known. */
const MAX_CHALLENGE_MS = 90_000;
const CHALLENGE_EVERY_MS = 1_000;

/** Resolves to the exit code, when the callback of the number is what it was before, and every process has ended. */
export async function devWithMeta(options: Options): Promise<number> {
  const { output, source } = options;
  await requireVariables(source);
  const use = async (meta: Meta) => {
    output.say('Asking Meta about the token, the number and the app.');
    const number = await checkNumber(meta);
    for (const warning of number.warnings) output.say(`warning: ${warning}`);
    await requireRestorable(meta, number);
    return run(meta, number, options);
  };
  return withMeta({}, use, source);
}

/** Meta asks the former callback again when it is set again: one that does not pass now could not be taken back. */
async function requireRestorable({ settings }: Meta, { callback }: RealNumber): Promise<void> {
  if (callback === '') return;
  await provenCallback(settings, callback, { force: false }).catch((error: unknown) => {
    throw new CommandError(
      `The number has the callback ${callback} already, which could not be set again at the end: it does not pass the challenge with META_WEBHOOK_VERIFY_TOKEN. If nobody needs it: npm run meta -- override clear`,
      { cause: error },
    );
  });
}

async function run(meta: Meta, number: RealNumber, options: Options): Promise<number> {
  const { output, signal, start, tunnel: address, root, appPort: port, source } = options;
  const tunnel = address === undefined ? startTunnel({ root, output, port }) : runningTunnel(address);
  const system = start();
  const presence = await showPresence();
  const stopping = new AbortController();
  const opening = open(meta, number, { options, tunnel, system, presence, stopping: stopping.signal });
  const end = await Promise.race([
    signal,
    system.failed,
    tunnel.ended.then((reason) => `${reason}: stopping the rest.`),
    // It goes on until one of the others.
    opening.then(() => new Promise<never>(() => {}), messageOf),
  ]);
  output.say(end === 'signal' ? '\nStopping.' : `\n${end}`);
  stopping.abort();
  // Else the callback could be set after it was taken back.
  await opening.catch(() => {});
  const record = readRecord(root);
  const isTakenBack = record === undefined || (await takeBack(root, record, source, output.say));
  presence.close();
  await Promise.all([system.stop(), tunnel.close()]);
  return end === 'signal' && isTakenBack ? 0 : 1;
}

interface Opening {
  readonly options: Options;
  readonly tunnel: OpenTunnel;
  readonly system: System;
  readonly presence: Presence;
  /** Nothing is changed at Meta from then on. */
  readonly stopping: AbortSignal;
}

/** Sets the callback of the number to the public address, once it leads to the app. */
async function open(
  meta: Meta,
  { id, apiUrl, display, callback: before }: RealNumber,
  { options: { root, output }, tunnel, system, presence, stopping }: Opening,
): Promise<void> {
  const [publicUrl] = await Promise.all([tunnel.url, system.responded]);
  const url = `${publicUrl}${WEBHOOK_PATHS.meta}`;
  requireCallbackUrl(url);
  output.say(`\nThe tunnel is ${publicUrl}. Waiting until it leads to the app.`);
  await untilChallengePasses(url, await meta.settings.verifyToken(), stopping);
  const callback = await provenCallback(meta.settings, url, { force: true });
  if (stopping.aborted) return;
  // First: a crash after the next call must leave it.
  writeRecord(root, { number: id, apiUrl, callback: url, before, pid: process.pid, port: presence.port });
  await setNumberCallback(meta, callback);
  output.say(
    [
      `\nWrite to ${display} in WhatsApp. Whatever anybody writes to this number reaches this machine now`,
      `(${before === '' ? 'no callback of the number' : before} before), until the end. Ctrl-C stops all of it and takes that back.\n`,
    ].join('\n'),
  );
}

/** Throws `CommandError` when it has not passed in time. */
async function untilChallengePasses(url: string, verifyToken: string, stopping: AbortSignal): Promise<void> {
  const endsAt = Date.now() + MAX_CHALLENGE_MS;
  while (!stopping.aborted) {
    const { outcome, message } = await checkChallenge(url, verifyToken);
    if (outcome === 'good') return;
    if (Date.now() > endsAt)
      throw new CommandError(
        `Nothing was changed at Meta: ${url} does not pass the challenge from this machine: ${message}. Does the tunnel lead to the app?`,
      );
    await sleep(CHALLENGE_EVERY_MS, undefined, { signal: stopping }).catch(() => {});
  }
}
