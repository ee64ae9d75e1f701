import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createSqsHandOffs } from '#app/hand-offs/sqs.ts';
import { startSqs } from '../../fakes/sqs.ts';
import { handOffEvent, PAYLOAD } from './event.ts';

const sqs = await startSqs();
const never = new AbortController().signal;

describe('the queue of hand-offs', () => {
  it('gets each event as JSON', async () => {
    const queue = await sqs.queue();
    const handOffs = createSqsHandOffs({ url: queue.url, client: sqs.client() });
    await handOffs.deliver(handOffEvent(), never);
    await handOffs.deliver(handOffEvent({ id: 'turn-2', text: '\u0001'.repeat(100_000) }), never);
    const bodies = (await queue.take(2)).map((body) => JSON.parse(body));
    expect(bodies.find(({ id }) => id === 'turn-1')).toEqual(PAYLOAD);
    expect(bodies.find(({ id }) => id === 'turn-2').text).toMatch(/…$/);
  });

  it('gets a repeated event once when it is a FIFO queue', async () => {
    const client = sqs.client();
    const Attributes = { FifoQueue: 'true' };
    const { QueueUrl = '' } = await client.send(
      new CreateQueueCommand({ QueueName: 'hand-offs.fifo', Attributes }),
    );
    const url = new URL(new URL(QueueUrl).pathname, sqs.endpointUrl).href;
    const handOffs = createSqsHandOffs({ url, client });
    for (const id of ['turn-1', 'turn-1', 'turn-2'])
      await handOffs.deliver(handOffEvent({ id, conversation: `of-${id}` }), never);
    const receive = { QueueUrl: url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 };
    const { Messages = [] } = await client.send(new ReceiveMessageCommand(receive));
    await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    expect(Messages.map(({ Body = '' }) => JSON.parse(Body).id).sort()).toEqual(['turn-1', 'turn-2']);
  });

  it('is said to be missing, with what to do', async () => {
    const url = `${sqs.endpointUrl}/000000000000/no-such-queue`;
    const handOffs = createSqsHandOffs({ url, client: sqs.client() });
    await expect(handOffs.deliver(handOffEvent(), never)).rejects.toMatchObject({
      ...{ name: 'Unavailable', scope: 'app', alarm: 'hand-off-undelivered' },
      message: expect.stringMatching(/no-such-queue.*Create it/),
    });
  });

  it('ends with the reason of its signal', async () => {
    const queue = await sqs.queue();
    const handOffs = createSqsHandOffs({ url: queue.url, client: sqs.client() });
    const leaving = AbortSignal.abort(new Error('leaving'));
    await expect(handOffs.deliver(handOffEvent(), leaving)).rejects.toThrow('leaving');
  });
});
