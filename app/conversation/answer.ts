import type { Conversation } from '../domain/conversation.ts';
import { textOf } from '../domain/message.ts';
import type { Part } from '../domain/part.ts';
import type { Turn } from '../domain/turn.ts';
import { defaultLanguage, recogniseLanguage } from '../language/detect.ts';
import { phrase } from '../language/phrases.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { BusinessSettings } from '../ports/businesses.ts';
import type { Lease } from '../ports/store.ts';
import { type AskPorts, ask } from './ask.ts';
import { type PolicyRules, planFor } from './policy.ts';
import { admit } from './quota.ts';
import { withQuotations } from './quotes.ts';
import { answerParts, replyParts } from './reply.ts';
import { titleFrom } from './thread.ts';
import { newestInbound, outsideWindow } from './window.ts';

export interface AnswerRules extends PolicyRules {
  /** Maximum number of questions of one person in 24 hours; 0: unlimited. */
  readonly questionsPerDay: number;
  readonly retentionMs: number;
  /** The first answer to a person begins by saying that a machine answers. */
  readonly aiNotice: boolean;
}

interface AnswerWork {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly turn: Turn;
  readonly maxPartLength: number;
  readonly assistant: Assistant;
  readonly settings: BusinessSettings;
  /** Called once the turn is known to need an answer. */
  readonly onWriting: () => void;
  /** Called when the person is over the limit of questions, whether or not a message says so. */
  readonly onLimited: () => void;
  readonly signal: AbortSignal;
}

/** Composes the reply of a turn and stores it, before any part is sent. Resolves to the stored parts. */
export async function writeReply(
  work: AnswerWork,
  ports: AskPorts,
  rules: AnswerRules,
): Promise<readonly Part[]> {
  const { lease, conversation, turn, maxPartLength, settings } = work;
  const { phrases } = settings;
  const standing = { ...conversation.standing, inboundAt: newestInbound(conversation, turn) };
  const plan = planFor(turn.messages, { ...rules, ...settings }, standing.inboundAt, ports.clock.now());
  if (plan.kind === 'outside-window') throw outsideWindow();
  if (plan.kind === 'nothing') return ports.store.writeReply(lease, [], {});

  const { questionsPerDay, retentionMs, aiNotice } = { ...rules, ...settings };
  const asking = { turn: turn.id, limit: questionsPerDay, now: ports.clock.now() };
  const admission = admit(conversation.questions, asking);
  if (!admission.admitted) work.onLimited();
  if (!admission.admitted && !admission.notify) return ports.store.writeReply(lease, [], {});
  work.onWriting();

  const text = textOf(turn.messages);
  const recognised = recogniseLanguage(text, conversation.language);
  const language = recognised ?? defaultLanguage(text, conversation.language ?? settings.language);
  if (!admission.admitted) {
    const notice = replyParts(phrase('tooMany', language, phrases), maxPartLength);
    return ports.store.writeReply(lease, notice, { questions: admission.questions, standing });
  }
  const extraPhrases = plan.extraPhrases.map((key) => phrase(key, language, phrases));
  if (plan.kind === 'say') {
    return ports.store.writeReply(lease, replyParts(extraPhrases.join('\n\n'), maxPartLength), { standing });
  }
  // A default language is not stored: the next message is detected as if it were the first.
  const learned = {
    ...(recognised !== undefined && { language: recognised }),
    ...(admission.questions !== undefined && { questions: admission.questions }),
  };
  const question = {
    title: titleFrom(textOf(plan.messages)),
    text: await withQuotations(plan.messages, work, ports.store),
  };
  const { answer, facts } = await ask({ ...work, ...question, language, learned, retentionMs }, ports);
  const isFirst = aiNotice && standing.noticeAt === undefined;
  const beginning = isFirst ? phrase('machine', language, phrases) : undefined;
  const parts = await answerParts(answer.text, extraPhrases, { maxPartLength, language, phrases, beginning });
  // With the reply and not before it: an attempt that follows a failed one says it again.
  const told = isFirst ? { ...standing, noticeAt: ports.clock.now() } : standing;
  return ports.store.writeReply(lease, parts, { ...facts, standing: told }, answer.usage);
}
