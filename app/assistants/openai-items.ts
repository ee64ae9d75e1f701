/** The items of OpenAI's responses and conversations. Tool, reasoning and unknown items are skipped. */
import { z } from 'zod';
import { hasVisibleText } from '../domain/visible.ts';
import { type Reading, readReply, type Spoken } from './openai-contract.ts';
import { unexpected } from './openai-failures.ts';

const part = z.object({ type: z.string(), text: z.string().nullish(), refusal: z.string().nullish() });
export const item = z.object({
  type: z.string(),
  role: z.string().nullish(),
  status: z.string().nullish(),
  /** `commentary`: what the model says while it works. */
  phase: z.string().nullish(),
  content: z.array(part).nullish(),
});
export type Item = z.infer<typeof item>;
const page = z.object({
  data: z.array(item),
  has_more: z.boolean().nullish(),
  last_id: z.string().nullish(),
});

/** Items beyond this many pages are not counted. */
const MAX_PAGES = 20;

/** Resolves to the body of a page of items, for this query. */
export type GetPage = (query: Readonly<Record<string, string>>) => Promise<unknown>;

export type Last = { readonly questions: number } & (
  | { readonly isOther: true }
  | { readonly isOther: false; readonly reading: Reading }
);

/**
 * Resolves to the number of questions of a conversation, and to the reply to the newest one if that has this text ("List
 * items"). A question is added together with its reply when the response completes, so none is ever open.
 */
export async function lastReply(question: string, get: GetPage): Promise<Last> {
  const newestFirst: Item[] = [];
  for await (const items of pages('desc', get)) newestFirst.push(...items);
  const questions = newestFirst.filter(isQuestion).length;
  const asked = newestFirst.findIndex(isQuestion);
  const last = newestFirst[asked];
  if (last === undefined || questionOf(last) !== question.trim()) return { questions, isOther: true };
  return { questions, isOther: false, reading: readOutput(newestFirst.slice(0, asked).reverse()) };
}

/** Resolves to the reply to the question at this position, from 1; to undefined when there is none. Reads no further. */
export async function replyAt(position: number, get: GetPage): Promise<Reading | undefined> {
  let questions = 0;
  const output: Item[] = [];
  for await (const items of pages('asc', get)) {
    for (const one of items) {
      questions += isQuestion(one) ? 1 : 0;
      if (questions > position) return readOutput(output);
      if (questions === position && !isQuestion(one)) output.push(one);
    }
  }
  return questions === position ? readOutput(output) : undefined;
}

/** Returns what the model says in the items. `isCut`: the response reached the output limit. */
export function readOutput(output: readonly Item[], isCut = false): Reading {
  const messages = output.filter(({ type }) => type === 'message');
  const final = messages.filter(({ phase }) => phase !== 'commentary');
  const spoken = final.length > 0 ? final : messages;
  return readReply(spoken.flatMap(spokenIn), isCut || spoken.at(-1)?.status === 'incomplete');
}

export function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw unexpected();
  return parsed.data;
}

async function* pages(order: 'asc' | 'desc', get: GetPage): AsyncGenerator<readonly Item[], void, void> {
  let after: string | undefined;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const { data, has_more, last_id } = read(
      page,
      await get({ limit: '100', order, ...(after !== undefined && { after }) }),
    );
    yield data;
    after = last_id ?? undefined;
    if (has_more !== true || after === undefined) return;
  }
}

function isQuestion({ type, role }: Item): boolean {
  return type === 'message' && role === 'user';
}

function questionOf(question: Item): string {
  const texts = spokenIn(question).map(({ text }) => text);
  return texts
    .filter((text) => text.trim() !== '')
    .join('\n\n')
    .trim();
}

function spokenIn({ content }: Item): Spoken[] {
  return (content ?? []).map(({ text, refusal }) => ({
    text: text ?? refusal ?? '',
    isRefusal: typeof text !== 'string' && hasVisibleText(refusal ?? ''),
  }));
}
