/**
 * The metrics of a worker in CloudWatch, with their units. `infra` reads the same names. Each costs 0.30 USD a month and
 * environment (Amazon CloudWatch pricing, custom metrics, us-west-2, 2026), so the outcomes that nobody is woken for have none;
 * docs/metrics.md has them all.
 */
export const EMBEDDED_METRICS = {
  turns_answered: 'Count',
  turns_retried: 'Count',
  turns_buried: 'Count',
  parts_sent: 'Count',
  parts_refused: 'Count',
  parts_unavailable: 'Count',
  parts_unknown: 'Count',
  parts_repeated: 'Count',
  assistant_seconds: 'Seconds',
  answer_seconds: 'Seconds',
  first_byte_seconds: 'Seconds',
  wake_up_seconds: 'Seconds',
  rate_limit_wait_seconds: 'Seconds',
  assistant_input_tokens: 'Count',
  assistant_output_tokens: 'Count',
} as const satisfies Record<string, 'Count' | 'Seconds'>;

export type EmbeddedMetric = keyof typeof EMBEDDED_METRICS;

export const EMBEDDED_NAMESPACE = 'ansari-whatsapp';

/** Its value is `DEPLOYMENT_TYPE`. */
export const EMBEDDED_DIMENSION = 'environment';
