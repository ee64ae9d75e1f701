/**
 * The worker as a Lambda function: `handler` takes batches of wake-ups from SQS and the scheduled event for the sweep.
 * Everything is created once per container, before its first invocation.
 */
import { lambdaMetrics } from './compose/lambda-metrics.ts';
import { composeWorker } from './compose/worker.ts';
import { readConfig } from './config.ts';
import { withParameters } from './worker/parameters.ts';

const config = readConfig(await withParameters(process.env));
export const { handler } = await composeWorker(config, { isFrozen: true, metricsFor: lambdaMetrics });
