import type { Conversation, Facts } from '../domain/conversation.ts';
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
import { isReachable, type PolicyRules, planFor } from './policy.ts';
import { admit } from './quota.ts';
import { answerParts, replyParts } from './reply.ts';
import { handedOff, type StandingRules } from './standing.ts';

export interface AnswerRules extends PolicyRules, StandingRules {
  /** Maximum number of questions of one person in 24 hours; 0: unlimited. */
  readonly questionsPerDay: number;
  readonly retentionMs: number;
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

/** Composes the reply of a turn and stores it, before any part is sent. Resolves to the stored parts. */
export async function writeReply(
  work: AnswerWork,
  ports: AskPorts,
  rules: AnswerRules,
): Promise<readonly Part[]> {
  const { lease, conversation, turn, maxPartLength, settings, handOffs } = work;
  const { phrases } = settings;
  const now = ports.clock.now();
  const { standing, toAnswer, held, ...folded } = await foldedTurn(work, ports.store, rules, now);
  await handOffs.deliverHeld(held, work.signal);
  const write = (texts: readonly string[], { usage, ...facts }: Facts & { readonly usage?: TokenUsage }) => {
    const stored = { standing, ...facts };
    handOffs.begin(stored.standing);
    return ports.store.writeReply(lease, texts, stored, usage);
  };
  const plan = planFor(toAnswer, { ...rules, ...settings }, now);
  const ownPhrases = isReachable(standing.inboundAt ?? 0, now) ? folded.phrases : [];
  if (plan.kind === 'nothing' && ownPhrases.length === 0) return write([], {});

  const { questionsPerDay, retentionMs } = { ...rules, ...settings };
  const admission =
    plan.kind === 'nothing'
      ? { admitted: true as const }
      : admit(conversation.questions, { turn: turn.id, limit: questionsPerDay, now });
  if (!admission.admitted) work.onLimited();
  if (!admission.admitted && !admission.notify && ownPhrases.length === 0) return write([], {});
  work.onWriting();

  const text = textOf(turn.messages);
  const recognised = recogniseLanguage(text, conversation.language);
  const language = recognised ?? defaultLanguage(text, conversation.language ?? settings.language);
  const say = (keys: readonly PhraseKey[]) =>
    replyParts(keys.map((key) => phrase(key, language, phrases)).join('\n\n'), maxPartLength);
  if (!admission.admitted) {
    const notice: PhraseKey[] = admission.notify ? ['tooMany'] : [];
    return write(say([...notice, ...ownPhrases]), { questions: admission.questions });
  }
  if (plan.kind !== 'ask') {
    return write(say([...(plan.kind === 'say' ? plan.extraPhrases : []), ...ownPhrases]), {});
  }
  // A default language is not stored: the next message is detected as if it were the first.
  const learned = {
    ...(recognised !== undefined && { language: recognised }),
    ...(admission.questions !== undefined && { questions: admission.questions }),
  };
  const { answer, facts } = await ask({ ...work, text: plan.text, language, learned, retentionMs }, ports);
  const extra: PhraseKey[] = [...plan.extraPhrases, ...ownPhrases];
  const { handOff, usage } = answer;
  if (handOff !== undefined) extra.push('handedOff');
  const extraPhrases = extra.map((key) => phrase(key, language, phrases));
  const parts = await answerParts(answer.text, extraPhrases, { maxPartLength, language, phrases });
  const after =
    handOff === undefined
      ? standing
      : handedOff(standing, { turn: turn.id, reason: handOff.reason }, rules, ports.clock.now());
  return write(parts, { ...facts, standing: after, ...(usage !== undefined && { usage }) });
}
