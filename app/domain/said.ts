import type { Choice, Said } from './message.ts';
import { hasVisibleText } from './visible.ts';

type Text = Extract<Said, { kind: 'text' }>;

/** What a person tapped. */
export interface Tapped {
  readonly id?: string | undefined;
  readonly title: string;
  readonly description?: string | undefined;
}

/**
 * Returns the content for a text; undefined when it has no visible characters. Lone surrogates, which UTF-8 cannot hold,
 * become U+FFFD.
 */
export function saidText(text: string | undefined): Text | undefined {
  if (text === undefined || !hasVisibleText(text)) return undefined;
  return { kind: 'text', text: text.toWellFormed() };
}

/** Returns the content for a choice; the question is what the person saw when tapping: the title and the description. */
export function saidChoice({ id, title, description = '' }: Tapped): Text | undefined {
  const lines = [title, description].filter(hasVisibleText).map((line) => line.toWellFormed());
  const said = saidText(lines.join('\n'));
  if (said === undefined) return undefined;
  const choice: Choice = {
    ...(id !== undefined && { id: id.toWellFormed() }),
    title: title.toWellFormed(),
    ...(hasVisibleText(description) && { description: description.toWellFormed() }),
  };
  return { ...said, choice };
}
