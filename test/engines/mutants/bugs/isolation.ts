import type { SeededBug } from './seeded-bug.ts';

/** What breaks the promise "isolation". */
export const isolation: readonly SeededBug[] = [
  {
    name: 'one person who is refused makes everybody rest',
    edits: [
      {
        file: 'app/assistants/pausing.ts',
        find: 'refused.size > 1 ? [EVERYBODY] : []',
        replace: '[EVERYBODY]',
      },
    ],
    proof: ['test/app/assistants/pausing.test.ts'],
  },
  {
    name: "a queue's URL leads past the endpoint that was set",
    edits: [
      {
        file: 'app/queues/sqs.ts',
        find: 'useQueueUrlAsEndpoint: false',
        replace: 'useQueueUrlAsEndpoint: true',
      },
    ],
    proof: ['test/app/compose/aws.test.ts'],
  },
  {
    name: 'a number that is not ours is accepted',
    edits: [
      {
        file: 'app/conversation/accept.ts',
        find: 'if ((await businesses.find(channel, number)) !== undefined) ours.add(key);',
        replace: 'if ((await businesses.find(channel, number)) !== null) ours.add(key);',
      },
    ],
    proof: ['test/app/conversation/accept.test.ts'],
  },
  {
    name: 'a call that the database cannot take fails its neighbours',
    edits: [
      {
        file: 'app/stores/sqlite/engine.ts',
        find: "if (failure.failed === 'Error' && calls.length > 1)",
        replace: 'if (calls.length < 0)',
      },
    ],
    proof: ['test/app/stores/sqlite/engine.test.ts'],
  },
  {
    name: 'one pause of Meta stops everybody',
    edits: [
      {
        file: 'app/channels/meta/pace.ts',
        find: "if (failure.scope === 'app') return 'app';",
        replace: "return 'app';",
      },
    ],
    proof: ['test/app/channels/meta/pace.test.ts'],
  },
  {
    name: 'the rate of a number is not kept',
    edits: [
      { file: 'app/channels/meta/pace.ts', find: 'this.#numbers.take(route.number, now);', replace: '' },
    ],
    proof: ['test/app/channels/meta/pace.test.ts'],
  },
];
