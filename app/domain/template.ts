/**
 * The text of a part that is sent as the platform's pre-approved template, since free text is refused outside the 24-hour
 * window. A control character, which no reply contains, so that no text is ever taken for it.
 */
export const TEMPLATE = '\u0010';

/** Returns whether a part with this text is sent as the template. */
export function isTemplate(text: string): boolean {
  return text === TEMPLATE;
}
