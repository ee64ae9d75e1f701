import { styleText } from 'node:util';
import { type Paint, readableLines } from './log-lines.ts';

const COLOURS = new Map<string, Parameters<typeof styleText>[0]>([
  ['backend', 'magenta'],
  ['app', 'cyan'],
  ['simulator', 'green'],
  ['tunnel', 'blue'],
]);

export interface Output {
  /** Log lines of the app stay as they are. */
  readonly json: boolean;
  /** Prints a line of a part, with its name in front. */
  line(part: string, line: string): void;
  /** Prints a sentence of our own. */
  say(sentence: string): void;
}

interface Options {
  /** Log lines of the app stay as they are, also where the output is a terminal. */
  readonly json: boolean;
  /** The standard output belongs to a protocol: everything goes to the standard error. */
  readonly toStandardError?: boolean;
}

/** Colours: on a terminal, unless NO_COLOR is set (no-color.org). */
export function createOutput({ json: wantsJson, toStandardError = false }: Options): Output {
  const stream = toStandardError ? process.stderr : process.stdout;
  const isColourful = stream.isTTY && !process.env.NO_COLOR;
  const json = wantsJson || !stream.isTTY;
  const print = (line: string): void => (toStandardError ? console.error(line) : console.log(line));
  const paint: Paint = (style, text) => (isColourful ? styleText(style, text) : text);

  return {
    json,
    line(part, line) {
      const prefix = `${part.padEnd(9)} |`;
      const shown = isColourful ? styleText(COLOURS.get(part) ?? 'white', prefix) : prefix;
      for (const one of json ? [line] : readableLines(line, paint)) print(`${shown} ${one}`);
    },
    say: (sentence) => print(isColourful ? styleText('bold', sentence) : sentence),
  };
}
