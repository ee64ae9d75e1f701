import type { Command } from '../command.ts';
import { ERASE_HELP, ERASE_OPTIONS, erasePerson } from '../operations/erase-person.ts';
import { whoAndStore } from './find.ts';

const HELP = `Usage: npm run conversations -- erase <conversation id, phone number or user id> [local|staging|production] [--json]

The same as npm run erase; the id of a conversation stands for its person.

${ERASE_HELP}`;

export const erase: Command<typeof ERASE_OPTIONS> = {
  ...{ name: 'conversations', help: HELP, options: ERASE_OPTIONS, maxArgs: 3 },
  run: ({ values, args, print }) => erasePerson({ ...whoAndStore(args), json: values.json, print }),
};
