import { randomUUID } from 'node:crypto';
import { systemClock as clock } from '../../app/clock.ts';
import { businessOf } from '../../app/domain/business.ts';
import { activeHandOff, type Conversation } from '../../app/domain/conversation.ts';
import type { Message } from '../../app/domain/message.ts';
import type { Command } from '../command.ts';
import { type OpenStore, withStore } from '../operations/open-store.ts';
import { report } from '../subcommands/print.ts';
import { findConversations, whoAndStore } from './find.ts';

const HELP = `Usage: npm run conversations -- resume <conversation id, phone number or user id> [local|staging|production] [--json]

Ends a hand-off: the assistant answers the person's next message. The person gets nothing now. The request is stored like
a message of the person and handled in turn with them, so it cannot meet an answer that is being written. In a stack the
worker is woken; on this machine the running service finds it within seconds, and a service that does not run finds it
when it starts. For a person, every conversation that is handed off is resumed. Running it again changes nothing.

  --json    print one JSON object instead of lines
  --help    this text

Exit codes: 0 done, also when nothing is handed off, 1 an error, or there is no such conversation, 2 wrong call.
`;

const OPTIONS = { json: { type: 'boolean', default: false } } as const;

interface Outcome {
  readonly id: string;
  readonly outcome: 'resumed' | 'not_handed_off' | 'moved';
}

export const resume: Command<typeof OPTIONS> = {
  ...{ name: 'conversations', help: HELP, options: OPTIONS, maxArgs: 3 },
  async run({ values, args, print }) {
    const { who, target } = whoAndStore(args);
    return withStore(target, async (opened) => {
      const found = await findConversations(opened.store, opened.location, who);
      const outcomes: Outcome[] = [];
      for (const { conversation } of found) outcomes.push(await resumeOne(opened, conversation));
      const lines = outcomes.map(({ id, outcome }) => `${id}: ${SENTENCES[outcome](opened)}`);
      report(values, print, { conversations: outcomes }, lines);
      return outcomes.some(({ outcome }) => outcome === 'moved') ? 1 : 0;
    });
  },
};

const SENTENCES: Readonly<Record<Outcome['outcome'], (opened: OpenStore) => string>> = {
  resumed: ({ queue }) =>
    queue === undefined
      ? 'stored; the running service resumes it within seconds. The assistant answers the next message'
      : 'stored, and the worker is woken. The assistant answers the next message',
  not_handed_off: () => 'is not handed off: the assistant answers already',
  moved: () => 'cannot be resumed: its phone number and user id belong to another conversation, or to none',
};

async function resumeOne({ store, queue }: OpenStore, conversation: Conversation): Promise<Outcome> {
  const { id, standing, person } = conversation;
  if (activeHandOff(standing, clock.now()) === undefined) return { id, outcome: 'not_handed_off' };
  if (person.phone === undefined && person.userId === undefined) return { id, outcome: 'moved' };
  const [accepted] = await store.accept([resumeMessage(conversation)]);
  if (accepted?.conversation !== id) return { id, outcome: 'moved' };
  await queue?.wake(id, 0);
  return { id, outcome: 'resumed' };
}

/** As if the person had written it now: the store finds the conversation by the identities. */
function resumeMessage({ id, channel, number, person }: Conversation): Message {
  return {
    ...{ id: `resume.${randomUUID()}`, business: businessOf(id), channel, number, person },
    ...{ sentAt: clock.now(), content: { kind: 'resume' } },
  };
}
