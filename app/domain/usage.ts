import type { BusinessId } from './business.ts';

/** Tokens of a model, as it reports them. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The tokens of all answers to a business's people in one month. */
export interface TokenCount extends TokenUsage {
  readonly business: BusinessId;
  readonly answers: number;
}
