import { activeHandOff, type Standing } from '../domain/conversation.ts';
import type { Part } from '../domain/part.ts';
import type { OldestTexts, ShownConversation, ShownPart } from '../ports/store.ts';

/** Returns the part without its text. */
export function withoutText({ text: _, ...part }: Part, isTemplate: boolean): ShownPart {
  return { ...part, isTemplate };
}

/** Returns whether an operator has to know how the service stands with the person: no answers now, or none any more. */
export function isQuiet(standing: Standing | undefined, now: number): boolean {
  return standing?.optedOutAt !== undefined || activeHandOff(standing, now) !== undefined;
}

/** Returns those whose last event is oldest, in that order. */
export function oldestFirst<Shown extends Pick<ShownConversation, 'lastAt'>>(
  shown: readonly Shown[],
  limit: number,
): readonly Shown[] {
  return shown.toSorted((a, b) => a.lastAt - b.lastAt).slice(0, limit);
}

/** Returns the times that are present. */
export function withoutAbsent(
  times: Readonly<Record<keyof OldestTexts, number | null | undefined>>,
): OldestTexts {
  const present = Object.entries(times).filter(([, at]) => at !== null && at !== undefined);
  return Object.fromEntries(present) as OldestTexts;
}
