/** One item of a month's bill. */
export interface CostLine {
  readonly what: string;
  readonly usd: number;
  readonly how: string;
}

export function line(what: string, usd: number, how: string): CostLine {
  return { what, usd, how };
}
