import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Editors write a file in several steps. */
const QUIET_MS = 50;

export interface Watch {
  close(): void;
}

interface Options {
  /** The folder that reported paths are relative to. */
  readonly root: string;
  /** A folder that is watched with all folders in it; `.`: the root alone. */
  readonly folder: string;
  /** Whether a path matters. */
  readonly isRelevant: (path: string) => boolean;
  /** Gets the changed paths, with `/` on every system, when there was no change for 50 ms. */
  readonly onChange: (paths: readonly string[]) => void;
}

/**
 * Reports changed, new and removed files. Throws Node's error when a folder cannot be watched. Every folder has a watcher of
 * its own: on Linux Node's recursive one watches files, and loses a file that an editor replaces by renaming (Node 24).
 */
export function watchFiles({ root, folder, isRelevant, onChange }: Options): Watch {
  const watchers = new Map<string, FSWatcher>();
  const changed = new Set<string>();
  const isDeep = folder !== '.';
  let timer: NodeJS.Timeout | undefined;

  function add(path: string, isNew: boolean): void {
    const watcher = watch(path, (event, name) => onEvent(path, event, name));
    watcher.on('error', () => remove(path));
    watchers.set(path, watcher);
    if (!isDeep) return;
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) add(join(path, entry.name), isNew);
      else if (isNew) note(join(path, entry.name));
    }
  }

  function remove(path: string): void {
    for (const [watched, watcher] of watchers) {
      if (watched !== path && !watched.startsWith(path + sep)) continue;
      watcher.close();
      watchers.delete(watched);
    }
  }

  function onEvent(path: string, event: string, name: string | null): void {
    if (name === null) return;
    const whole = join(path, name);
    const isReplaced = event === 'rename' && isDeep;
    if (!(isReplaced && isFolderNow(whole))) note(whole);
  }

  /** Returns true for a folder, which is watched from now on: it may be new, or in the place of a former one. */
  function isFolderNow(path: string): boolean {
    remove(path);
    try {
      if (!statSync(path).isDirectory()) return false;
      add(path, true);
      return true;
    } catch {
      // Removed, perhaps a moment ago.
      remove(path);
      return false;
    }
  }

  function note(path: string): void {
    const named = relative(root, path).split(sep).join('/');
    if (!isRelevant(named)) return;
    changed.add(named);
    clearTimeout(timer);
    timer = setTimeout(report, QUIET_MS);
  }

  function report(): void {
    const paths = [...changed].sort();
    changed.clear();
    onChange(paths);
  }

  try {
    add(join(root, folder), false);
  } catch (error) {
    close();
    throw error;
  }

  function close(): void {
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
  }
  return { close };
}
