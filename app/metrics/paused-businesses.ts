import type { BusinessId } from '../domain/business.ts';

/** The businesses whose turns wait for an operator, each until a time. One that no turn reports any more is forgotten then. */
export function pausedBusinesses(now: () => number) {
  const until = new Map<BusinessId, number>();
  let forgetAt = 1_024;

  function forget(): void {
    const time = now();
    for (const [business, end] of until) if (end <= time) until.delete(business);
    forgetAt = Math.max(1_024, 2 * until.size);
  }

  return {
    /** `end` in milliseconds since 1970; undefined: it is not paused. */
    set(business: BusinessId, end: number | undefined): void {
      if (end === undefined) until.delete(business);
      else until.set(business, Math.max(end, until.get(business) ?? 0));
      if (until.size >= forgetAt) forget();
    },

    count(): number {
      forget();
      return until.size;
    },
  };
}
