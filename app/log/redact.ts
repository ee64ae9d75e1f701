/**
 * The second net under the fields of the log: blots out of texts what must not be in them, even if somebody put it there.
 */

const MAX_WORD_LENGTH = 300;
const MAX_FRAMES = 5;
const DEEPEST_CAUSE = 3;

/** Quantifiers have bounds, so that the time grows with the text and not with its square. */
const REDACTIONS: readonly [RegExp, string][] = [
  // A message id holds the person's number in base64.
  [/\bwamid\.[\w+/=-]*/gi, 'wamid.…'],
  // Of a header, whatever its scheme; and the schemes where the header's name was left out.
  [/\b(authorization["'\\]{0,2}\s{0,3}[:=]\s{0,3}["'\\]{0,2})(?:[\w-]{1,20}\s{1,3})?[^\s"'\\]+/gi, '$1…'],
  [/\bBearer\s+\S+/gi, 'Bearer …'],
  [/\bBasic\s+[\w+/-]{8,}={0,2}/gi, 'Basic …'],
  // Meta's tokens begin with EAA, OpenAI's with sk-, AWS's ids of keys with AKIA or ASIA.
  [/\bEAA[\w-]{12,}/g, 'EAA…'],
  [/\bsk-[\w-]{8,}/g, 'sk-…'],
  [/\bA[KS]IA[A-Z\d]{12,}/g, 'AKIA…'],
  // As a parameter or a variable, and as a property of JSON, which may itself be quoted in JSON.
  [/([\w.-]{0,40}(?:token|secret|key|challenge|password)[\w.-]{0,40}=)[^&\s"']*/gi, '$1…'],
  [
    /("[\w.-]{0,40}(?:token|secret|key|password|authorization)[\w.-]{0,40}\\?"\s{0,3}:\s{0,3}\\?")[^"\\]*/gi,
    '$1…',
  ],
  [/(:\/\/)[^/@\s]+@/g, '$1…@'],
  [/[^\s@<>"'(),;:/…]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu, '…@…'],
];

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** Of any script. Between them: spaces, brackets, dashes, dots and slashes, as people write numbers, and what is invisible. */
const BETWEEN = '[\\s().,/_·•\\-\\u2010-\\u2015\\u2212\\p{Cf}]{0,4}';

/** A UUID or an IPv4 address, which stay, or seven digits and more as phone numbers are written, which do not. */
const DIGITS = new RegExp(
  [
    '(\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b',
    `|(?<![\\d.+])(?:${OCTET}\\.){3}${OCTET}(?![\\d.]))`,
    `|\\+?\\p{Nd}(?:${BETWEEN}\\p{Nd}){6,}`,
  ].join(''),
  'giu',
);

/** At most 300 characters, without numbers of seven digits or more, tokens, credentials and message ids. */
export function redact(text: string): string {
  let rest = text.slice(0, MAX_WORD_LENGTH);
  for (const [pattern, blot] of REDACTIONS) rest = rest.replace(pattern, blot);
  return rest.replace(DIGITS, (_, stays?: string) => stays ?? '…');
}

/**
 * Name, message, code, first frames and causes of what was thrown; nothing else, since errors of clients carry
 * requests with their headers and bodies.
 */
export function errorFields(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { name: typeof error, message: 'not an error' };
  const code: unknown = Reflect.get(error, 'code');
  return {
    name: redact(error.name),
    message: messageOf(error),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: redact(String(code)) } : {}),
    stack: framesOf(error),
    ...(error.cause instanceof Error && depth < DEEPEST_CAUSE
      ? { cause: errorFields(error.cause, depth + 1) }
      : {}),
  };
}

/** V8 quotes the text that it could not parse. */
function messageOf(error: Error): string {
  const message = error instanceof SyntaxError ? error.message.replace(/["'].*["']/s, '…') : error.message;
  return redact(message);
}

/** The frames only: the stack begins with the message, which may have lines that look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  return frames
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim().slice(0, MAX_WORD_LENGTH));
}
