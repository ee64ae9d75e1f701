/**
 * The second net under the fields of the log: blots out of texts what must not be in them, even if somebody put it there.
 */

const LONGEST_WORD = 300;
const MOST_FRAMES = 5;
const DEEPEST_CAUSE = 3;

const BLOTS: readonly [RegExp, string][] = [
  // A message id holds the person's number in base64.
  [/\bwamid\.[\w+/=-]*/gi, 'wamid.…'],
  [/\bBearer\s+\S+/gi, 'Bearer …'],
  // Meta's tokens begin with EAA.
  [/\bEAA[\w-]{12,}/g, 'EAA…'],
  [/([?&][\w.-]*(?:token|secret|key|challenge)[\w.-]*=)[^&\s"']*/gi, '$1…'],
  [/(:\/\/)[^/@\s]+@/g, '$1…@'],
];

/** A UUID, which stays, or seven digits and more with the separators of phone numbers, which do not. */
const DIGITS = /(\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b)|\+?\d(?:[ ()-]{0,2}\d){6,}/gi;

/** At most 300 characters, without numbers of seven digits or more, tokens, credentials and message ids. */
export function blotted(text: string): string {
  let rest = text.slice(0, LONGEST_WORD);
  for (const [pattern, blot] of BLOTS) rest = rest.replace(pattern, blot);
  return rest.replace(DIGITS, (_, uuid?: string) => uuid ?? '…');
}

/**
 * Name, message, code, first frames and causes of what was thrown; nothing else, since errors of clients carry
 * requests with their headers and bodies.
 */
export function errorFields(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error, message: 'not an error' };
  const code: unknown = Reflect.get(error, 'code');
  return {
    name: blotted(error.name),
    message: messageOf(error),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: blotted(String(code)) } : {}),
    stack: framesOf(error),
    ...(error.cause instanceof Error && depth < DEEPEST_CAUSE
      ? { cause: errorFields(error.cause, depth + 1) }
      : {}),
  };
}

/** V8 quotes the text that it could not parse. */
function messageOf(error: Error): string {
  const message = error instanceof SyntaxError ? error.message.replace(/["'].*["']/s, '…') : error.message;
  return blotted(message);
}

/** The frames only: the stack begins with the message, which may have lines that look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  return frames
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MOST_FRAMES)
    .map((line) => line.trim().slice(0, LONGEST_WORD));
}
