import { readFileSync, renameSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { CommandError } from '../../errors.ts';
import type { ChannelName } from '../options.ts';
import { type KeptChats, parseState, stateText, versionSchema } from './schema.ts';

/**
 * Returns the chats of the file; undefined when there is none. A file that cannot be used is renamed, and `report` gets one
 * sentence about it. Throws `CommandError` when the file cannot be read or renamed.
 */
export function readState(
  path: string,
  channel: ChannelName,
  report: (sentence: string) => void,
): KeptChats | undefined {
  // A device that is renamed or replaced is missing for every program of this machine.
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === false)
    throw new CommandError(`The chats cannot be kept in ${path}: it is no regular file.`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new CommandError(`The chats cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  try {
    const json: unknown = JSON.parse(text);
    const version = versionSchema.safeParse(json);
    if (version.success) return parseState(channel, json);
    setAside('is of another version of the simulator');
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    setAside(`cannot be read (${reasonOf(error)})`);
  }
  return undefined;

  function setAside(what: string): void {
    const aside = `${path}.set-aside`;
    try {
      renameSync(path, aside);
    } catch (error) {
      throw new CommandError(`${path} ${what}, and cannot be renamed: ${reasonOf(error)}`, { cause: error });
    }
    report(`${path} ${what}: it is now ${aside}, and the chats begin anew.`);
  }
}

/** Names the place, never a value: the file has texts of messages, which Node's syntax errors quote. */
function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is not JSON';
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error);
  const [issue] = error.issues;
  return `wrong at ${issue === undefined || issue.path.length === 0 ? 'the top' : issue.path.join('.')}`;
}

/**
 * Replaces the file as a whole: whenever the process dies, there is the former one or the new one. Rejects with Node's error
 * when it cannot be written. One call at a time.
 */
export async function writeState(path: string, channel: ChannelName, kept: KeptChats): Promise<void> {
  const unfinished = `${path}.tmp`;
  await writeFile(unfinished, stateText(channel, kept), { mode: 0o600, flush: true });
  await rename(unfinished, path);
}
