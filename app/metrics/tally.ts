import { Counter, type Registry } from '@prometheus-io/client';

interface Tally {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly registers: Registry[];
}

interface Tallying {
  /** Counts once. */
  (...values: string[]): void;
  add(times: number, ...values: string[]): void;
}

/**
 * A counter for the path of deliveries: counting is one step in a map, and labels are made at the scrape. Takes the
 * values of the labels in their order.
 */
export function tally({ labelNames, ...described }: Tally): Tallying {
  const counts = new Map<string, number>();
  new Counter({
    ...described,
    labelNames,
    collect() {
      this.reset();
      for (const [key, count] of counts) this.inc(labelsOf(labelNames, key), count);
    },
  });
  const add = (times: number, ...values: string[]) => {
    const key = values.join(SEPARATOR);
    counts.set(key, (counts.get(key) ?? 0) + times);
  };
  return Object.assign((...values: string[]) => add(1, ...values), { add });
}

const SEPARATOR = '\n';

function labelsOf(names: readonly string[], key: string): Record<string, string> {
  const values = key.split(SEPARATOR);
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
}
