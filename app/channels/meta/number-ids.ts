const KEY = Buffer.from('"phone_number_id"');
/** Meta's ids have 15 to 17 digits. */
const MAX_DIGITS = 32;
/** A delivery has at most 1,000 updates (Meta, "Create a webhook endpoint"), each with one key. */
const MAX_KEYS = 2_000;
const MAX_SPACES = 100;

const QUOTE = 0x22;
const COLON = 0x3a;

/**
 * Returns the distinct values of `"phone_number_id": "digits"` in a JSON text, in their order, at most `max`. Does not parse:
 * nothing has signed the text yet. Takes time in proportion to its length, whatever it holds.
 *
 * A text that a person wrote adds none: in a JSON string every quotation mark is escaped, and a key ends with one that is
 * not. Escaped letters or digits are not read: Meta escapes `/` and characters outside ASCII only. Keys after the first
 * 2,000 and white space beyond 100 characters are not read either: 4 MiB of them would block the process for 0.1 s.
 */
export function numberIdsIn(json: Buffer, max: number): readonly string[] {
  const found = new Set<string>();
  let at = json.indexOf(KEY);
  for (let keys = 0; at !== -1 && found.size < max && keys < MAX_KEYS; keys += 1) {
    const after = at + KEY.length;
    const id = idAt(json, after);
    if (id !== undefined) found.add(id);
    at = json.indexOf(KEY, after);
  }
  return [...found];
}

function idAt(json: Buffer, from: number): string | undefined {
  const colon = afterSpace(json, from);
  if (json[colon] !== COLON) return undefined;
  const quote = afterSpace(json, colon + 1);
  if (json[quote] !== QUOTE) return undefined;
  const start = quote + 1;
  let end = start;
  while (end - start < MAX_DIGITS && isDigit(json[end])) end += 1;
  return end > start && json[end] === QUOTE ? json.toString('latin1', start, end) : undefined;
}

/** The white space of JSON (RFC 8259, section 2). */
function afterSpace(json: Buffer, from: number): number {
  let at = from;
  while (at - from < MAX_SPACES && isSpace(json[at])) at += 1;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
