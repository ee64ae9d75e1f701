/** The second safeguard after the list of fields: removes personal data and secrets that got into a text anyway. */

const MAX_TEXT_LENGTH = 300;
const MAX_FRAMES = 5;
const MAX_CAUSE_DEPTH = 3;

/** Quantifiers are bounded, so that the time is linear in the length of the text. */
const REDACTIONS: readonly [RegExp, string][] = [
  // A message id holds the person's number in base64.
  [/\bwamid\.[\w+/=-]*/gi, 'wamid.…'],
  // The Authorization header with any scheme, and the schemes without the header's name.
  [/\b(authorization["'\\]{0,2}\s{0,3}[:=]\s{0,3}["'\\]{0,2})(?:[\w-]{1,20}\s{1,3})?[^\s"'\\]+/gi, '$1…'],
  [/\bBearer\s+\S+/gi, 'Bearer …'],
  [/\bBasic\s+[\w+/-]{8,}={0,2}/gi, 'Basic …'],
  // Tokens of Meta (EAA), of OpenAI (sk-), and AWS key ids (AKIA, ASIA).
  [/\bEAA[\w-]{12,}/g, 'EAA…'],
  [/\bsk-[\w-]{8,}/g, 'sk-…'],
  [/\bA[KS]IA[A-Z\d]{12,}/g, 'AKIA…'],
  // A parameter or variable, and a property of JSON, which may itself be quoted in JSON.
  [/([\w.-]{0,40}(?:token|secret|key|challenge|password)[\w.-]{0,40}=)[^&\s"']*/gi, '$1…'],
  [
    /("[\w.-]{0,40}(?:token|secret|key|password|authorization)[\w.-]{0,40}\\?"\s{0,3}:\s{0,3}\\?")[^"\\]*/gi,
    '$1…',
  ],
  [/(:\/\/)[^/@\s]+@/g, '$1…@'],
  [/[^\s@<>"'(),;:/…]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu, '…@…'],
];

/** Most words are our own: what no pattern can match needs no search. Tokens have capitals or dashes, numbers have digits. */
const PLAIN_WORD = /^[a-z_]{0,32}$/;

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
/** Between the digits of a phone number: spaces, brackets, dashes, dots, slashes and invisible characters. */
const SEPARATORS = '[\\s().,/_·•\\-\\u2010-\\u2015\\u2212\\p{Cf}]{0,4}';

/** A UUID or an IPv4 address (first group, kept), or seven or more digits of any script as in a phone number (removed). */
const DIGITS = new RegExp(
  [
    '(\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b',
    `|(?<![\\d.+])(?:${OCTET}\\.){3}${OCTET}(?![\\d.]))`,
    `|\\+?\\p{Nd}(?:${SEPARATORS}\\p{Nd}){6,}`,
  ].join(''),
  'giu',
);

/** Returns at most 300 characters, without numbers of seven digits or more, tokens, credentials and message ids. */
export function redact(text: string): string {
  if (PLAIN_WORD.test(text)) return text;
  let redacted = text.slice(0, MAX_TEXT_LENGTH);
  for (const [pattern, replacement] of REDACTIONS) redacted = redacted.replace(pattern, replacement);
  return redacted.replace(DIGITS, (_, kept?: string) => kept ?? '…');
}

/**
 * Returns name, message, code, first frames and causes of a thrown value; nothing else, since errors of HTTP clients hold
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
    ...(error.cause instanceof Error && depth < MAX_CAUSE_DEPTH
      ? { cause: errorFields(error.cause, depth + 1) }
      : {}),
  };
}

/** V8's syntax errors quote the text that could not be parsed. */
function messageOf(error: Error): string {
  const message = error instanceof SyntaxError ? error.message.replace(/["'].*["']/s, '…') : error.message;
  return redact(message);
}

/** Skips the message at the start of the stack: it may have lines that look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const frames = stack.slice(stack.indexOf(message) + message.length).split('\n');
  return frames
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MAX_FRAMES)
    .map((line) => line.trim().slice(0, MAX_TEXT_LENGTH));
}
