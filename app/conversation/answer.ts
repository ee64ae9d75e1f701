import type { Conversation, Facts, Standing } from '../domain/conversation.ts';
import { textOf } from '../domain/message.ts';
import type { Part } from '../domain/part.ts';
import type { PhraseKey } from '../domain/phrase.ts';
import type { Turn } from '../domain/turn.ts';
import type { TokenUsage } from '../domain/usage.ts';
import { defaultLanguage, recogniseLanguage } from '../language/detect.ts';
import { phrase } from '../language/phrases.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { BusinessSettings } from '../ports/businesses.ts';
import type { Lease } from '../ports/store.ts';
import { type AskPorts, ask } from './ask.ts';
import { foldedTurn, type TurnHandOffs } from './hand-off.ts';
import { type Plan, type PolicyRules, planFor } from './policy.ts';
import { admit } from './quota.ts';
import { withQuotations } from './quotes.ts';
import { answerParts, replyParts } from './reply.ts';
import { handedOff, type StandingRules } from './standing.ts';
import { titleFrom } from './thread.ts';
import { isWindowOpen, outsideWindow } from './window.ts';

export interface AnswerRules extends PolicyRules, StandingRules {
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
  readonly handOffs: TurnHandOffs;
  /** Called once the turn is known to need an answer. */
  readonly onWriting: () => void;
  /** Called when the person is over the limit of questions, whether or not a message says so. */
  readonly onLimited: () => void;
  readonly signal: AbortSignal;
}

type ReplyFacts = Facts & { readonly standing: Standing; readonly usage?: TokenUsage | undefined };

/** Composes the reply of a turn and stores it, before any part is sent. Resolves to the stored parts. */
export async function writeReply(
  work: AnswerWork,
  ports: AskPorts,
  rules: AnswerRules,
): Promise<readonly Part[]> {
  const { lease, conversation, turn, maxPartLength, settings, handOffs } = work;
  const now = ports.clock.now();
  const { standing, toAnswer, held, ...folded } = await foldedTurn(work, ports.store, rules, now);
  await handOffs.deliverHeld(held, work.signal);
  const write = (texts: readonly string[], { usage, ...facts }: ReplyFacts) => {
    handOffs.begin(facts.standing);
    return ports.store.writeReply(lease, texts, facts, usage);
  };

  const inboundAt = standing.inboundAt ?? 0;
  const plan = planFor(toAnswer, { ...rules, ...settings }, inboundAt, now);
  if (plan.kind === 'outside-window') throw outsideWindow();
  const ownPhrases = isWindowOpen(inboundAt, now) ? folded.phrases : [];
  if (plan.kind === 'nothing' && ownPhrases.length === 0) return write([], { standing });

  const { questionsPerDay } = { ...rules, ...settings };
  const admission =
    plan.kind === 'nothing'
      ? { admitted: true as const }
      : admit(conversation.questions, { turn: turn.id, limit: questionsPerDay, now });
  if (!admission.admitted) work.onLimited();
  if (!admission.admitted && !admission.notify && ownPhrases.length === 0) return write([], { standing });
  work.onWriting();

  const text = textOf(turn.messages);
  const recognised = recogniseLanguage(text, conversation.language);
  const language = recognised ?? defaultLanguage(text, conversation.language ?? settings.language);
  const say = (keys: readonly PhraseKey[]) =>
    replyParts(keys.map((key) => phrase(key, language, settings.phrases)).join('\n\n'), maxPartLength);
  if (!admission.admitted) {
    const notice: PhraseKey[] = admission.notify ? ['tooMany'] : [];
    return write(say([...notice, ...ownPhrases]), { standing, questions: admission.questions });
  }
  if (plan.kind !== 'ask') {
    return write(say([...(plan.kind === 'say' ? plan.extraPhrases : []), ...ownPhrases]), { standing });
  }
  // A default language is not stored: the next message is detected as if it were the first.
  const learned = {
    ...(recognised !== undefined && { language: recognised }),
    ...(admission.questions !== undefined && { questions: admission.questions }),
  };
  const { parts, facts } = await answered(
    { ...work, plan, ownPhrases, standing, language, learned },
    ports,
    rules,
  );
  return write(parts, facts);
}

interface AskedWork extends AnswerWork {
  readonly plan: Extract<Plan, { kind: 'ask' }>;
  readonly ownPhrases: readonly PhraseKey[];
  readonly standing: Standing;
  readonly language: string;
  readonly learned: Facts;
}

/** Resolves to the assistant's answer with our own sentences around it, and what to store with it. */
async function answered(
  { plan, ownPhrases, standing, ...work }: AskedWork,
  ports: AskPorts,
  rules: AnswerRules,
): Promise<{ readonly parts: readonly string[]; readonly facts: ReplyFacts }> {
  const { turn, maxPartLength, language, settings } = work;
  const { phrases } = settings;
  const { retentionMs, aiNotice } = { ...rules, ...settings };
  const question = {
    title: titleFrom(textOf(plan.messages)),
    text: await withQuotations(plan.messages, work, ports.store),
  };
  const { answer, facts } = await ask({ ...work, ...question, retentionMs }, ports);
  const { handOff, usage } = answer;
  const extra: PhraseKey[] = [...plan.extraPhrases, ...ownPhrases];
  if (handOff !== undefined) extra.push('handedOff');
  const extraPhrases = extra.map((key) => phrase(key, language, phrases));
  const isFirst = aiNotice && standing.noticeAt === undefined;
  const beginning = isFirst ? phrase('machine', language, phrases) : undefined;
  const parts = await answerParts(answer.text, extraPhrases, { maxPartLength, language, phrases, beginning });
  const now = ports.clock.now();
  // With the reply and not before it: an attempt that follows a failed one says it again.
  const noticed = isFirst ? { ...standing, noticeAt: now } : standing;
  const after =
    handOff === undefined
      ? noticed
      : handedOff(noticed, { turn: turn.id, reason: handOff.reason }, rules, now);
  return { parts, facts: { ...facts, standing: after, usage } };
}
