/** The command line of the reference backend. */
import { unknownArgument } from '../command-line.ts';

const MODELS = ['echo', 'fails', 'slow', 'cut', 'empty'] as const;
export type SampleModel = (typeof MODELS)[number];

export interface BackendOptions {
  readonly help: boolean;
  /** Overrides the environment. */
  readonly model?: SampleModel;
  readonly databaseIsDown: boolean;
  readonly webUsers: readonly string[];
}

/** An unknown option, or an option without a valid value. */
export class WrongOption extends Error {
  override readonly name = 'WrongOption';
}

/** Values follow their option as the next word or after `=`. Throws `WrongOption`. */
export function readOptions(args: readonly string[]): BackendOptions {
  const words = args.flatMap((word) =>
    KNOWN.some((name) => word.startsWith(`${name}=`)) ? splitOnce(word) : [word],
  );
  let options: BackendOptions = { help: args.includes('--help'), databaseIsDown: false, webUsers: [] };
  for (let at = 0; at < words.length && !options.help; at += 2) {
    const option = words[at] ?? '';
    const value = words[at + 1];
    options = withOption(options, option, value);
  }
  return options;
}

function withOption(options: BackendOptions, option: string, value: string | undefined): BackendOptions {
  switch (option) {
    case '--model': {
      const model = MODELS.find((name) => name === value);
      if (model === undefined) throw new WrongOption(`--model must be one of ${MODELS.join(', ')}.`);
      return { ...options, model };
    }
    case '--database':
      if (value !== 'down') throw new WrongOption('--database takes one value: down.');
      return { ...options, databaseIsDown: true };
    case '--web-user':
      if (!value || value.startsWith('--')) throw new WrongOption('--web-user needs a phone number.');
      return { ...options, webUsers: [...options.webUsers, value] };
    default:
      throw new WrongOption(unknownArgument(option));
  }
}

const KNOWN = ['--model', '--database', '--web-user'];

function splitOnce(word: string): string[] {
  const at = word.indexOf('=');
  return [word.slice(0, at), word.slice(at + 1)];
}
