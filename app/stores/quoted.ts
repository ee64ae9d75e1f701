import type { Facts } from '../domain/conversation.ts';
import { positionOf } from '../domain/part.ts';
import type { QuotedPart } from '../ports/store.ts';

/** The thread and the number of the question that a part answers, as stored with the part. */
export type AnsweredQuestion = NonNullable<QuotedPart['thread']>;

/** Returns the question that a reply with these facts answers; undefined when the assistant did not write the reply. */
export function answeredQuestion({ thread }: Facts): AnsweredQuestion | undefined {
  if (thread?.questions === undefined || thread.questions < 1) return undefined;
  return { id: thread.id, question: thread.questions };
}

interface StoredPart {
  readonly key: string;
  /** Empty once it is deleted. */
  readonly text: string;
  readonly isTemplate: boolean;
  readonly thread: AnsweredQuestion | undefined;
}

/** Returns the part in the form of the port. */
export function quotedPart({ key, text, isTemplate, thread }: StoredPart): QuotedPart {
  return {
    ...(text !== '' && !isTemplate && { text }),
    position: positionOf(key),
    ...(thread !== undefined && { thread }),
  };
}
