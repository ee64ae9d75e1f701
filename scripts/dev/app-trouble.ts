import { stripVTControlCharacters } from 'node:util';
import type { DevMessage } from '../simulator/dev-channel.ts';

const MAX_LINES = 12;
const MAX_LINE_LENGTH = 300;
/** Log lines are JSON; frames of a stack say little on a page. */
const NOT_SHOWN = /^(?:\{.*\}|\s+at .*|Node\.js v.*|\s*)$/;
/** Node shows the line of its own source that threw, before the one of the program. */
const OWN_SOURCE = /^node:internal.*\n.*\n\s*\^\n/m;

/** Follows the app: what it prints, when it ends, when it responds. */
export interface AppTrouble {
  started(): void;
  line(line: string): void;
  /** It ended by itself, for this reason. */
  ended(reason: string): void;
  responded(): void;
  /** Sends the current state again: the simulator has started anew. */
  repeat(): void;
}

/** Tells the page of the simulator why the app does not respond, and that it does again. */
export function createAppTrouble(send: (message: DevMessage) => void): AppTrouble {
  let lines: string[] = [];
  let text = '';

  function repeat(): void {
    send({ kind: 'app-trouble', text });
  }

  function change(next: string): void {
    if (next === text) return;
    text = next;
    repeat();
  }

  return {
    started() {
      lines = [];
    },
    line(line) {
      const shown = stripVTControlCharacters(line);
      if (NOT_SHOWN.test(shown)) return;
      lines = [...lines, shown.slice(0, MAX_LINE_LENGTH)].slice(-MAX_LINES);
    },
    ended: (reason) => change([`The app ${reason}.`, ...lines].join('\n').replace(OWN_SOURCE, '')),
    responded: () => change(''),
    repeat,
  };
}
