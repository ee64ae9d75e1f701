/** The businesses of the benchmark: numbers and tokens by index, so that load and receiver agree without a table. */
export const FIRST_NUMBER = 200_000_000_000_000;
/** Sends a third of all messages. */
export const FLOODING = 0;

export const numberOf = (business: number): string => String(FIRST_NUMBER + business);
export const tokenOf = (business: number): string => `access-token-of-business-${business}`;

/** Stands in the text of a message, and with the echo assistant in its answer. */
export const markerOf = (message: number, business: number): string => `m${message}b${business}x`;

export interface Marked {
  readonly message: number;
  readonly business: number;
}

export function markersIn(text: string): readonly Marked[] {
  return [...text.matchAll(/\bm(\d+)b(\d+)x\b/g)].map(([, message, business]) => ({
    message: Number(message),
    business: Number(business),
  }));
}
