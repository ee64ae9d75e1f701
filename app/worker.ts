/**
 * The worker as a Lambda function: `handler` takes the wake-ups of the queue and the sweep of the schedule. Everything
 * is made once for a container, before its first invocation.
 */
import { composeWorker } from './compose/worker.ts';
import { readConfig } from './config.ts';
import { withParameters } from './worker/parameters.ts';

export const { handler } = composeWorker(readConfig(await withParameters(process.env)));
