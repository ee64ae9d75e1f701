/**
 * The reply contract: the model returns one JSON object with the answer and whether a person has to take over. The API
 * holds it to the schema (OpenAI, "Structured model outputs": `text.format`); the words are for servers that do not.
 */
import { z } from 'zod';
import { hasVisibleText } from '../domain/visible.ts';
import { parseJson } from '../json.ts';
import { closedObject } from './openai-cut-json.ts';

/** In strict mode every property is required and no other is allowed; an optional one may be null. */
export const REPLY_FORMAT = {
  type: 'json_schema',
  name: 'reply',
  strict: true,
  schema: {
    type: 'object',
    properties: {
      content: { type: 'string', description: 'The answer to the person, in Markdown.' },
      handoff: { type: 'boolean', description: 'Whether a human being has to take over the conversation.' },
      handoff_reason: {
        type: ['string', 'null'],
        description: 'One sentence for that human being if handoff is true, else null.',
      },
    },
    required: ['content', 'handoff', 'handoff_reason'],
    additionalProperties: false,
  },
} as const;

const CONTRACT = `Reply with one JSON object and nothing else: no text around it and no code fence. It has these keys:
"content": the answer to the person, in Markdown; never empty.
"handoff": true if the person asks for a human being, or if the instructions above say that one takes over; else false.
"handoff_reason": one sentence for that human being if "handoff" is true, else null.`;

/** Returns the operator's instructions followed by the contract. */
export function instructionsWith(instructions: string): string {
  return [instructions.trim(), CONTRACT].filter((text) => text !== '').join('\n\n');
}

/** Returns the input of a call that brings a text into the form of the contract. */
export function repairInput(question: string, reply: string): string {
  return [
    'An assistant was asked this:',
    question,
    'It replied this, which is not the required JSON object:',
    reply,
    'Return that reply as the required JSON object. Copy its words into "content" and change none of them.',
  ].join('\n\n');
}

/** What the seed of the contract allows: the two last keys may be absent. */
const contract = z.object({
  content: z.string(),
  handoff: z.boolean().nullish(),
  handoff_reason: z.string().nullish(),
});

export interface Reply {
  readonly text: string;
  readonly handOff?: { readonly reason?: string };
}

/**
 * `prose`: text of a server that ignores the schema, or of a time before the contract. `invalid`: meant as JSON, but it is
 * not the object of the contract.
 */
export type Reading =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'prose' | 'invalid'; readonly text: string }
  | { readonly kind: 'empty' };

/** A text of the model. A refusal replaces the object of the schema. */
export interface Spoken {
  readonly text: string;
  readonly isRefusal: boolean;
}

/** Marks an answer that ends where the model's output limit cut it. */
const CUT = ' …';
/** For an operator's eyes; a longer one is a fault of the model. */
const MAX_REASON_LENGTH = 1_000;

/** Returns what the model's texts say. `isCut`: the output limit was reached. Never throws. */
export function readReply(all: readonly Spoken[], isCut = false): Reading {
  const spoken = all.filter(({ text }) => hasVisibleText(text));
  if (spoken.length === 0) return { kind: 'empty' };
  const last = spoken.length - 1;
  const readings = spoken.map((one, at) => readOne(one, isCut && at === last));
  const separate = joined(
    readings,
    spoken.some(({ isRefusal }) => isRefusal),
  );
  if (separate !== undefined) return separate;
  // The pieces of one object.
  const whole = readText(spoken.map(({ text }) => text).join(''), isCut);
  if (whole.kind === 'reply' || whole.kind === 'empty') return whole;
  return { kind: 'invalid', text: spoken.map(({ text }) => text).join('\n\n') };
}

/** Returns undefined for readings that cannot be joined. With a refusal among them, the readable ones are the answer. */
function joined(readings: readonly Reading[], hasRefusal: boolean): Reading | undefined {
  const replies = readings.flatMap((reading) => (reading.kind === 'reply' ? [reading.reply] : []));
  const prose = readings.flatMap((reading) => (reading.kind === 'prose' ? [{ text: reading.text }] : []));
  const filled = readings.filter(({ kind }) => kind !== 'empty').length;
  if (filled === 0) return { kind: 'empty' };
  if (prose.length === filled) return { kind: 'prose', text: textOf(prose) };
  if (!hasRefusal && replies.length < filled) return undefined;
  const handOff = replies.find((reply) => reply.handOff !== undefined)?.handOff;
  const text = textOf([...replies, ...(hasRefusal ? prose : [])]);
  return { kind: 'reply', reply: { text, ...(handOff !== undefined && { handOff }) } };
}

function textOf(texts: readonly Pick<Reply, 'text'>[]): string {
  return texts.map(({ text }) => text).join('\n\n');
}

function readOne({ text, isRefusal }: Spoken, isCut: boolean): Reading {
  return isRefusal ? { kind: 'reply', reply: { text } } : readText(text, isCut);
}

function readText(text: string, isCut: boolean): Reading {
  const value = parseJson(text);
  const parsed = contract.safeParse(value);
  if (parsed.success) return replyOf(parsed.data);
  if (!isMeantAsJson(text, value)) {
    return isCut ? { kind: 'reply', reply: { text: text + CUT } } : { kind: 'prose', text };
  }
  const closed = isCut ? closedObject(text) : undefined;
  const cut = contract.safeParse(closed?.value);
  // An answer without a visible beginning is worth another call.
  if (closed === undefined || !cut.success || !hasVisibleText(cut.data.content))
    return { kind: 'invalid', text };
  const content = closed.cutKey === 'content' ? cut.data.content + CUT : cut.data.content;
  return replyOf({ ...cut.data, content });
}

/** Braces further inside may be of an answer about programs or formulas. */
function isMeantAsJson(text: string, value: unknown): boolean {
  const isScalar = typeof value === 'number' || typeof value === 'string';
  if (value !== undefined) return !isScalar;
  return /^\s*(?:[{[]|```)/.test(text) || /"(?:content|handoff)"\s*:/.test(text);
}

function replyOf({ content, handoff, handoff_reason }: z.infer<typeof contract>): Reading {
  if (!hasVisibleText(content)) return { kind: 'empty' };
  if (handoff !== true) return { kind: 'reply', reply: { text: content } };
  const reason = handoff_reason?.trim().slice(0, MAX_REASON_LENGTH).toWellFormed() ?? '';
  return { kind: 'reply', reply: { text: content, handOff: hasVisibleText(reason) ? { reason } : {} } };
}
