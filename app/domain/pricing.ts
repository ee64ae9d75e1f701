/** What delivered parts cost: each is counted once, at the price that the platform reports for it. Counts hold no person. */
import type { BusinessId } from './business.ts';
import { hasArrived, type Progress } from './progress.ts';
import { COSTS_KEPT_MONTHS } from './retention.ts';

/** Country of a recipient without a known number. ISO 3166-1 leaves it to users; no country will get it. */
export const UNKNOWN_COUNTRY = 'XX';

/**
 * The rates of Meta by name ("Pricing on the WhatsApp Business Platform"; pywa 4.5.0, `PricingCategory`). Others may come:
 * they are counted under their own names.
 */
export const KNOWN_CATEGORIES: ReadonlySet<string> = new Set([
  ...['authentication', 'authentication_international', 'marketing', 'marketing_lite', 'utility', 'service'],
  ...['group_marketing', 'group_utility', 'group_service', 'referral_conversion', 'general_purpose_ai'],
]);

/**
 * Meta's rate for "AI Providers": a general-purpose assistant is allowed only in some countries, and charged for there
 * (WhatsApp Business Solution Terms of 2026-01-15; "New pricing policy for AI Providers").
 */
export const GENERAL_PURPOSE_AI = 'general_purpose_ai';

/** What a platform reports about the price of a part. */
export interface Pricing {
  /** Whether it is charged once it is delivered. */
  readonly billable: boolean;
  /** The name of the rate: 1 to 40 of a-z, 0-9 and `_`. */
  readonly category: string;
  /** Of the recipient's number: ISO 3166-1 alpha-2, or `UNKNOWN_COUNTRY`. The number itself is not kept. */
  readonly country: string;
}

/** One delivered part with its price. */
export interface PricedPart extends Pricing {
  readonly business: BusinessId;
  /** When it was delivered, by the platform's clock in UTC: `2026-11`. */
  readonly month: string;
}

/** How many parts a business had delivered at one price in a month. */
export interface Cost extends PricedPart {
  readonly parts: number;
}

interface Priced {
  readonly progress: Progress;
  readonly pricing?: Pricing;
}

/**
 * Returns the price that a status is the proof of: Meta charges for delivered messages only, and reports the price with
 * `sent` and with one of `delivered` and `read` ("messages webhook reference: status").
 */
export function pricingOf({ progress, pricing }: Priced): Pricing | undefined {
  return hasArrived(progress) ? pricing : undefined;
}

/** Returns the part to count for a status with this price. */
export function pricedPart(
  { business, at }: { readonly business: BusinessId; readonly at: number },
  { billable, category, country }: Pricing,
): PricedPart {
  return { business, month: monthOf(at), billable, category, country };
}

/** Returns the month of a time in milliseconds since 1970. */
export function monthOf(at: number): string {
  return new Date(at).toISOString().slice(0, 7);
}

/** Returns whether the text names a month as `monthOf` does. */
export function isMonth(text: string): boolean {
  return /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

/** Returns the oldest month whose counts are kept. Months sort as texts. */
export function oldestMonth(now: number): string {
  const date = new Date(now);
  return monthOf(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - COSTS_KEPT_MONTHS));
}

/** Returns when the counts of a month expire: milliseconds since 1970, the first at which `oldestMonth` is later. */
export function expiryOf(month: string): number {
  const [year = 0, ordinal = 0] = month.split('-').map(Number);
  return Date.UTC(year, ordinal + COSTS_KEPT_MONTHS);
}
