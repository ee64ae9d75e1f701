import type { Message } from '../../app/domain/message.ts';
import type { DeadLetterTexts, ShownDeadLetter, ShownPart } from '../../app/ports/store.ts';
import { CommandError, UsageError } from '../errors.ts';
import { asRows, report } from '../subcommands/print.ts';
import { chosenOf, type Run } from './run.ts';
import { TOO_OLD, turnsOutsideWindow } from './too-old.ts';

const iso = (at: number) => new Date(at).toISOString();

/** Prints one dead letter or wake-up; its texts only with `--text`. */
export async function show(run: Run): Promise<number> {
  const { opened, ids, options, print } = run;
  const [id] = ids;
  if (id === undefined || ids.length > 1) throw new UsageError('Name one dead letter to show.');
  const [wakeUp] = chosenOf(run).chosen;
  if (wakeUp !== undefined) {
    const { conversation } = wakeUp;
    report(options, print, { wakeUp: { id, conversation: conversation ?? null } }, [
      `${id}  ${conversation === undefined ? 'not a wake-up of this service' : `a wake-up for ${conversation}`}`,
    ]);
    return 0;
  }
  const { store, location } = opened;
  const deadLetter = await store.deadLetter(id);
  if (deadLetter === undefined) throw new CommandError(`${id}: no such dead letter in ${location}`);
  const tooOld = (await turnsOutsideWindow([deadLetter], opened)).has(id);
  const texts = options.text ? await store.deadLetterTexts(id) : undefined;
  // On standard error: standard output may be a file with one JSON object.
  if (texts !== undefined) console.error('What follows holds the words of a person.');
  report(options, print, { deadLetter: viewOf(deadLetter, tooOld, texts) }, [
    ...linesOf(deadLetter, tooOld),
    ...(texts === undefined ? [] : textLines(texts)),
  ]);
  return 0;
}

function viewOf(deadLetter: ShownDeadLetter, tooOld: boolean, texts: DeadLetterTexts | undefined) {
  const { turnId: id, conversation, reason, attempts, messages, parts, gaveUpAt, newestAt } = deadLetter;
  return {
    ...{ id, conversation, reason, attempts, messages },
    ...{ newestAt: iso(newestAt), gaveUpAt: iso(gaveUpAt), tooOld },
    parts: parts.map(({ triedAt, ...part }) => ({
      ...part,
      ...(triedAt !== undefined && { triedAt: iso(triedAt) }),
    })),
    ...(texts && { texts: { messages: texts.messages.map(wordsOf), parts: texts.parts } }),
  };
}

function linesOf(deadLetter: ShownDeadLetter, tooOld: boolean): string[] {
  const { turnId, conversation, reason, attempts, messages, parts, gaveUpAt, newestAt } = deadLetter;
  return asRows([
    ['dead letter', turnId],
    ['conversation', conversation],
    ['reason', reason],
    ['attempts', attempts === undefined ? 'not recorded' : String(attempts)],
    ['given up', iso(gaveUpAt)],
    ['messages', messages === 0 ? 'none: they were answered, and a part failed later' : String(messages)],
    ['newest', iso(newestAt)],
    ['sending back', tooOld ? TOO_OLD : 'is possible'],
    ...parts.map((part) => ['part', partLine(part)] as const),
  ]);
}

function partLine({ key, state, progress, code, triedAt, isTemplate }: ShownPart): string {
  const tried = triedAt === undefined ? undefined : `tried ${iso(triedAt)}`;
  const facts = [key, state, progress, code, tried, isTemplate ? 'template' : undefined];
  return facts.filter((fact) => fact !== undefined).join('  ');
}

function textLines({ messages, parts }: DeadLetterTexts): string[] {
  return [
    ...messages.flatMap((message) => ['', `message of ${iso(message.sentAt)}:`, printable(wordsOf(message))]),
    ...parts.flatMap(({ key, text }) => ['', `part ${key}:`, text === '' ? '(deleted)' : printable(text)]),
  ];
}

function wordsOf({ content }: Message): string {
  if (content.kind === 'text') return content.text;
  return content.kind === 'unreadable' ? `(${content.type})` : `(${content.kind})`;
}

/** A person's text must not move the cursor, nor change the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, '\uFFFD');
}
