import { businessAt } from '../../app/businesses/document.ts';
import { Unavailable } from '../../app/domain/errors.ts';
import type { Call, Command } from '../command.ts';
import { CommandError } from '../errors.ts';
import { report } from '../subcommands/print.ts';
import { rivalsOf, takeNumbers } from './claim.ts';
import { type OpenBusinesses, withBusinesses } from './collection.ts';
import { type FoundBusiness, findBusiness } from './find.ts';
import { notifier } from './notify.ts';
import { businessArg, CHANGING, CHANGING_HELP } from './options.ts';

const DISABLE_HELP = `Usage: npm run businesses -- disable <business> [options]

Its numbers are no longer answered: their deliveries get 200 and are counted. Turns that wait become dead letters:
npm run redrive sends them back after the business was enabled again, within 24 hours. Running it again changes nothing.

${CHANGING_HELP}

Exit codes: 0 done, 1 an error, 2 wrong call.
`;

const ENABLE_HELP = `Usage: npm run businesses -- enable <business> [options]

Answers its numbers. Refuses a business without a number, or whose token cannot be decrypted, and a number that another
active business has. Running it again changes nothing.

${CHANGING_HELP}

Exit codes: 0 done, 1 refused, or an error, 2 wrong call.
`;

type Run = (call: Call<typeof CHANGING>) => Promise<number>;

export const disable: Command<typeof CHANGING> = {
  ...{ name: 'businesses', help: DISABLE_HELP, options: CHANGING },
  run: changing('Disabled', async ({ collection }, { document }) => {
    await collection.updateOne(
      { _id: document._id },
      { $set: { whatsappEnabled: false, updatedAt: new Date() } },
    );
  }),
};

export const enable: Command<typeof CHANGING> = {
  ...{ name: 'businesses', help: ENABLE_HELP, options: CHANGING },
  run: changing('Enabled', async ({ collection, keys }, { document, stored }) => {
    const [number] = stored.numbers;
    if (number === undefined)
      throw new CommandError('It has no number: npm run businesses -- set <business> --number <id>');
    try {
      businessAt(stored, number, await keys()).accessToken();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      throw new CommandError(
        `${error.message}. Set a new one: npm run businesses -- set <business> --token-file <file>`,
      );
    }
    const { _id } = document;
    const write = (change: { whatsappEnabled: unknown; isActive: unknown }) =>
      collection.updateOne({ _id }, { $set: { ...change, updatedAt: new Date() } });
    const { whatsappEnabled = false, isActive = false } = document;
    await takeNumbers({
      claim: stored,
      rivals: () => rivalsOf(collection, stored),
      take: () => write({ whatsappEnabled: true, isActive: true }),
      undo: () => write({ whatsappEnabled, isActive }),
    });
  }),
};

function changing(
  done: string,
  change: (opened: OpenBusinesses, found: FoundBusiness) => Promise<void>,
): Run {
  return async ({ values, args, print }) => {
    const word = businessArg(args);
    const tell = await notifier(values);
    return withBusinesses(values, async (opened) => {
      const found = await findBusiness(opened.collection, word);
      await change(opened, found);
      const { id, numbers } = found.stored;
      const notified = await tell(numbers);
      report(values, print, { id, numbers, service: notified.lines.join(' ') }, [
        `${done}: ${id}.`,
        ...notified.lines,
      ]);
      return notified.ok ? 0 : 1;
    });
  };
}
