import type { Conversation } from '../domain/conversation.ts';
import { textOf } from '../domain/message.ts';
import type { Part } from '../domain/part.ts';
import type { Turn } from '../domain/turn.ts';
import { defaultLanguage, recogniseLanguage } from '../language/detect.ts';
import { phrase } from '../language/phrases.ts';
import type { Lease } from '../ports/store.ts';
import { type AskPorts, ask } from './ask.ts';
import { type PolicyRules, planFor } from './policy.ts';
import { admit } from './quota.ts';
import { answerParts, replyParts } from './reply.ts';

export interface AnswerRules extends PolicyRules {
  /** How often the assistant is asked for one person in 24 hours; 0: without limit. */
  readonly questionsPerDay: number;
  readonly retentionMs: number;
}

interface AnswerWork {
  readonly lease: Lease;
  readonly conversation: Conversation;
  readonly turn: Turn;
  readonly maxPartLength: number;
  /** Called once there is something to answer. */
  readonly onWriting: () => void;
  /** Called when the person has asked too often, whether that is said or not. */
  readonly onLimited: () => void;
  readonly signal: AbortSignal;
}

/** Finds the words for a turn and writes them down, before anybody sends them. */
export async function writeReply(
  work: AnswerWork,
  ports: AskPorts,
  rules: AnswerRules,
): Promise<readonly Part[]> {
  const { lease, conversation, turn, maxPartLength } = work;
  const plan = planFor(turn.messages, rules, ports.clock.now());
  if (plan.kind === 'nothing') return ports.store.writeReply(lease, [], {});

  const asking = { turn: turn.id, limit: rules.questionsPerDay, now: ports.clock.now() };
  const admission = admit(conversation.questions, asking);
  if (!admission.admitted) work.onLimited();
  if (!admission.admitted && !admission.tell) return ports.store.writeReply(lease, [], {});
  work.onWriting();

  const words = textOf(turn.messages);
  const recognised = recogniseLanguage(words, conversation.language);
  const language = recognised ?? defaultLanguage(words, conversation.language);
  if (!admission.admitted) {
    const said = replyParts(phrase('tooMany', language), maxPartLength);
    return ports.store.writeReply(lease, said, { questions: admission.questions });
  }
  const notes = plan.notes.map((note) => phrase(note, language));
  if (plan.kind === 'say') {
    return ports.store.writeReply(lease, replyParts(notes.join('\n\n'), maxPartLength), {});
  }
  // A default is no knowledge: the next message decides as the first one does.
  const learned = {
    ...(recognised !== undefined && { language: recognised }),
    ...(admission.questions !== undefined && { questions: admission.questions }),
  };
  const { retentionMs } = rules;
  const { answer, facts } = await ask({ ...work, text: plan.text, language, learned, retentionMs }, ports);
  const parts = await answerParts(answer, notes, { maxPartLength, language });
  return ports.store.writeReply(lease, parts, facts);
}
