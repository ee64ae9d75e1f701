import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CommandError } from '../errors.ts';

/** Price of one delivered part, by country (`*`: every other one) and category. */
const RATES = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, 'three capital letters, such as USD'),
  rates: z.record(
    z.string().regex(/^([A-Z]{2}|\*)$/, 'two capital letters (ISO 3166-1), or *'),
    z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.number().nonnegative()),
  ),
});

export interface Rates {
  readonly currency: string;
  /** Returns the price of a billable part; undefined when the table has none. */
  rateOf(country: string, category: string): number | undefined;
}

/** Reads a rate table. Throws `CommandError`, which says what is wrong with the file. */
export function readRates(path: string): Rates {
  const read = RATES.safeParse(parse(path));
  if (!read.success) {
    const problems = read.error.issues.map(
      ({ path: at, message }) => `${at.join('.') || 'the file'}: ${message}`,
    );
    throw new CommandError(`${path} is no rate table. ${problems.join('; ')}. See --help for an example.`);
  }
  const { currency, rates } = read.data;
  return { currency, rateOf: (country, category) => rates[country]?.[category] ?? rates['*']?.[category] };
}

function parse(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(`${path} cannot be read as JSON: ${(error as Error).message}`, { cause: error });
  }
}
