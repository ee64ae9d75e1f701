import { KNOWN_CATEGORIES, type Pricing } from '../../domain/pricing.ts';
import { countryOf } from './country.ts';
import type { DeliveryBuilder } from './delivery-builder.ts';
import { PricingEntry, type StatusEntry } from './envelope.ts';

/** A name of a rate. The names are not limited to those known today, but each is only counted with a part of ours. */
const CATEGORY = /^[a-z][a-z0-9_]{0,39}$/;

/**
 * Returns the price in a status, if it has one. Meta, "messages webhook reference: status": `pricing` stands in `sent` and
 * in one of `delivered` and `read`. Anything else becomes a notice.
 */
export function readPricing(status: StatusEntry, builder: DeliveryBuilder): Pricing | undefined {
  if (status.pricing === undefined || status.pricing === null) return undefined;
  const entry = PricingEntry.safeParse(status.pricing).data;
  const category = entry?.category?.toLowerCase().replaceAll('-', '_') ?? '';
  const billable = entry?.billable ?? isBillable(entry?.type);
  if (entry === undefined || billable === undefined || !CATEGORY.test(category)) {
    builder.notice('malformed_pricing');
    return undefined;
  }
  // `CBP`, until June 2025, is the price of a whole conversation.
  if (entry.pricing_model !== undefined && entry.pricing_model !== 'PMP') {
    builder.notice('unknown_pricing_model', entry.pricing_model);
    return undefined;
  }
  if (!KNOWN_CATEGORIES.has(category)) builder.notice('unknown_pricing_category', category, true);
  return { billable, category, country: countryOf(status.recipient_id) };
}

/** By the type of the price: `free_customer_service` and `free_entry_point` are free. */
function isBillable(type: string | undefined): boolean | undefined {
  if (type === 'regular') return true;
  return type?.startsWith('free_') ? false : undefined;
}
