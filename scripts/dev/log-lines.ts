import { z } from 'zod';
import { parseJson } from '../../app/json.ts';

/** Adds colour: `util.styleText`, or nothing. */
export type Paint = (style: 'red' | 'yellow' | 'dim' | 'bold', text: string) => string;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
const scalar = z.union([z.string(), z.number(), z.boolean()]);

interface LoggedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly stack?: readonly string[] | undefined;
  readonly cause?: LoggedError | undefined;
}
const errorSchema: z.ZodType<LoggedError> = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string().optional(),
  stack: z.array(z.string()).optional(),
  get cause() {
    return errorSchema.optional();
  },
});

/** A line of `app/log.ts`. */
const lineSchema = z
  .object({
    time: z.iso.datetime(),
    level: z.enum(LEVELS),
    event: z.string(),
    error: errorSchema.optional(),
  })
  .catchall(scalar);

const STYLES = { trace: 'dim', debug: 'dim', info: 'bold', warn: 'yellow', error: 'red' } as const;
const BARE = /^[\p{L}\p{N}.:/@%+,…*_?&=-]+$/u;

/**
 * Returns a log line of the app for a terminal: local time, level, event and fields in one line, then the error with its
 * stack, indented. Any other line is returned as it is.
 */
export function readableLines(line: string, paint: Paint): readonly string[] {
  const parsed = lineSchema.safeParse(parseJson(line));
  if (!parsed.success) return [line];
  const { time, level, event, error, ...fields } = parsed.data;
  const shown = Object.entries(fields).map(
    ([name, value]) => `${paint('dim', `${name}=`)}${valueText(value)}`,
  );
  const head = [paint('dim', timeText(time)), paint(STYLES[level], level.padEnd(5)), printable(event)];
  return [[...head, ...shown].join(' '), ...(error === undefined ? [] : errorLines(error, paint))];
}

function errorLines({ name, message, code, stack = [], cause }: LoggedError, paint: Paint): string[] {
  const shownCode = code === undefined ? '' : ` (${printable(code)})`;
  return [
    `    ${paint('red', printable(name))}: ${printable(message)}${shownCode}`,
    ...stack.map((frame) => paint('dim', `      ${printable(frame)}`)),
    ...(cause === undefined ? [] : ['    caused by', ...errorLines(cause, paint)]),
  ];
}

function timeText(time: string): string {
  const at = new Date(time);
  const [hours, minutes, seconds] = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits);
  return `${hours}:${minutes}:${seconds}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}

function valueText(value: z.infer<typeof scalar>): string {
  const text = String(value);
  return BARE.test(text) ? text : printable(JSON.stringify(text));
}

/** Terminals act on control characters. */
function printable(text: string): string {
  return text.replace(
    /\p{Cc}/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
