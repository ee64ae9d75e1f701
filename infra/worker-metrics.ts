/** The metrics that the worker writes into its log (`app/metrics/embedded.ts`), in the dashboard. */
import {
  EMBEDDED_DIMENSION,
  EMBEDDED_NAMESPACE,
  type EmbeddedMetric,
} from '../app/metrics/embedded-names.ts';
import type { EnvironmentName } from './names.ts';
import type { Metric } from './web-service.ts';
import type { Worker } from './worker.ts';

/** Both kinds of worker write them. */
export function writtenCharts(environment: EnvironmentName): Worker['charts'] {
  const of = (...names: readonly EmbeddedMetric[]): Metric[] =>
    names.map((metricName) => ({
      namespace: EMBEDDED_NAMESPACE,
      metricName,
      // `DEPLOYMENT_TYPE` is the name of the stack.
      dimensions: { [EMBEDDED_DIMENSION]: environment },
    }));
  return [
    {
      title: 'Turns: answered, tried again, given up',
      stat: 'Sum',
      metrics: of('turns_answered', 'turns_retried', 'turns_buried'),
    },
    {
      title: 'Parts: sent, refused, not accepted for now',
      stat: 'Sum',
      metrics: of('parts_sent', 'parts_refused', 'parts_unavailable'),
    },
    { title: 'Parts: in doubt, sent again', stat: 'Sum', metrics: of('parts_unknown', 'parts_repeated') },
    {
      title: 'Message to wake-up, first byte, answer, p99 (s)',
      stat: 'p99',
      metrics: of('wake_up_seconds', 'first_byte_seconds', 'answer_seconds'),
    },
    {
      title: 'The assistant, and waits for limits, p99 (s)',
      stat: 'p99',
      metrics: of('assistant_seconds', 'rate_limit_wait_seconds'),
    },
    {
      title: "Tokens of the assistant's model: read, written",
      stat: 'Sum',
      metrics: of('assistant_input_tokens', 'assistant_output_tokens'),
    },
  ];
}
