import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { toAll } from '../hand-offs/all.ts';
import { createWebhookHandOffs } from '../hand-offs/webhook.ts';
import type { HandOffs } from '../ports/hand-offs.ts';

/** Resolves to the places that hand-offs are delivered to. With none, only a log line says that there was one. */
export async function handOffsFor({ handOff, aws }: Pick<Config, 'handOff' | 'aws'>): Promise<HandOffs> {
  const { queueUrl, webhook } = handOff;
  const targets: HandOffs[] = [];
  if (queueUrl !== undefined) {
    // Loaded on demand: the AWS clients are larger than everything else.
    const [{ createSqsHandOffs }, { sqsClient }] = await Promise.all([
      import('../hand-offs/sqs.ts'),
      import('../queues/sqs.ts'),
    ]);
    targets.push(createSqsHandOffs({ url: queueUrl, client: sqsClient(aws) }));
  }
  if (webhook !== undefined) targets.push(createWebhookHandOffs({ ...webhook, clock }));
  return toAll(targets);
}
