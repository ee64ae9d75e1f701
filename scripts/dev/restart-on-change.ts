import type { Supervised } from './supervise.ts';
import { type Watch, watchFiles } from './watch.ts';

/** Names of editors' temporary files end otherwise, or begin with a dot. */
const SOURCE = /\/[^./][^/]*\.(?:ts|js|json)$/;
const OF_BACKEND = /^app\/backend(?:\.ts$|\/)/;

/** Restarts the parts whose files change. Where files cannot be watched, one sentence says so. */
export function restartOnChange(
  root: string,
  parts: ReadonlyMap<string, Supervised>,
  say: (sentence: string) => void,
): Watch {
  const backend = parts.get('backend');
  const app = parts.get('app');
  const watches: Watch[] = [];

  function watch(
    folder: string,
    isRelevant: (path: string) => boolean,
    onChange: (paths: readonly string[]) => void,
  ): void {
    watches.push(watchFiles({ root, folder, isRelevant, onChange }));
  }

  try {
    watch(
      'app',
      (path) => SOURCE.test(path),
      (paths) => {
        const ofBackend = paths.filter((path) => OF_BACKEND.test(path));
        const others = paths.filter((path) => !OF_BACKEND.test(path));
        if (ofBackend.length > 0) backend?.restart(ofBackend);
        if (others.length > 0) app?.restart(others);
      },
    );
    watch(
      '.',
      (path) => path === '.env',
      (paths) => {
        backend?.restart(paths);
        app?.restart(paths);
      },
    );
  } catch (error) {
    say(`Files are not watched, so edits restart nothing: ${error instanceof Error ? error.message : error}`);
  }
  return {
    close() {
      for (const one of watches) one.close();
    },
  };
}
