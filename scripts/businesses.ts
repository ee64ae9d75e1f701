/** `npm run businesses -- <subcommand>`: the registry of businesses in MongoDB. */
import { runCommand } from './command.ts';
import { runSubcommand } from './subcommands/run.ts';

const HELP = `Usage: npm run businesses -- <subcommand> [options]

The businesses of BUSINESSES=mongodb: the documents of the collection "businesses" of MONGODB_DB_NAME. Each subcommand
prints its own help: npm run businesses -- add --help

  indexes               create the indexes that look-ups need
  add                   add a business: --name, --number, --token-file, or --from-environment
  set <business>        change its token (--token-file), its numbers (--number) or its settings (--settings-file)
  list [<business>]     what is stored, and what is wrong with it
  disable <business>    stop answering its numbers
  enable <business>     answer them again
  rotate-keys           encrypt everything with the first key of ENCRYPTION_SECRET
  import                encrypt tokens that other programs stored: --node-key-file, --python-secret-file, --plaintext
  check-tokens          ask Meta whether each token is valid
  costs                 count the delivered parts of a month

<business> is its id, its subdomain or one of its phone number ids. Every subcommand takes:

  --json                print one JSON object instead of lines
  --stack <stack>       staging or production: its MongoDB and its keys, read from its SSM parameters with your own AWS
                        credentials. Default: MONGODB_URI, MONGODB_DB_NAME and ENCRYPTION_SECRET of the environment or
                        of .env; BUSINESSES need not be set
  --help                the help of the subcommand

Tokens and secrets are read from files or from standard input ("-"), never from arguments, and are never printed.

Exit codes: 0 done, 1 an error, or something is wrong with a business, 2 wrong call.
`;

await runSubcommand({
  name: 'businesses',
  help: HELP,
  subcommands: {
    indexes: async () => runCommand((await import('./businesses/indexes.ts')).indexes),
    add: async () => runCommand((await import('./businesses/add.ts')).add),
    set: async () => runCommand((await import('./businesses/set.ts')).set),
    list: async () => runCommand((await import('./businesses/list.ts')).list),
    disable: async () => runCommand((await import('./businesses/enabling.ts')).disable),
    enable: async () => runCommand((await import('./businesses/enabling.ts')).enable),
    'rotate-keys': async () => runCommand((await import('./businesses/rotate-keys.ts')).rotateKeys),
    import: async () => runCommand((await import('./businesses/import.ts')).importTokens),
    costs: async () => runCommand((await import('./businesses/costs.ts')).costsCommand),
    'check-tokens': async () => runCommand((await import('./businesses/check-tokens.ts')).checkTokens),
  },
});
