/** `npm run meta -- <subcommand>`: the WhatsApp Business Account at Meta. */
import { runCommand } from './command.ts';
import { runSubcommand } from './subcommands/run.ts';

const HELP = `Usage: npm run meta -- <subcommand> [options]

The WhatsApp Business Account at Meta, over the Graph API. Each subcommand prints its own help:
npm run meta -- override --help

  account                          name, currency, time zone, review, and whether it can send
  token                            whose the access token is, when it expires, what it may do
  numbers                          its phone numbers: quality, limits, status, where their deliveries go
  apps                             the subscribed apps, with their callbacks
  subscribe                        subscribe the app of the token, and show or switch on its webhook fields
  unsubscribe                      end that
  override show|set <url>|clear    the callback of the number, or with --account of the account

The variables are META_ACCESS_TOKEN_FROM_SYS_USER, META_BUSINESS_PHONE_NUMBER_ID, META_WABA_ID (Meta is asked when it is
missing), META_API_URL and META_API_VERSION; subscribe reads META_APP_SECRET, and whoever sets a callback
META_WEBHOOK_VERIFY_TOKEN. Every subcommand takes:

  --waba <id>, --number <id>, --token-file <file>    instead of the variables
  --json                                             print one JSON object instead of lines
  --stack <stack>                                    staging or production, with your own AWS credentials, instead of the
                                                     environment or .env
  --help                                             the help of the subcommand

No token and no secret is printed.

Exit codes: 0 done, 1 an error, or something is wrong at Meta, 2 wrong call.
`;

await runSubcommand({
  name: 'meta',
  help: HELP,
  subcommands: {
    account: async () => runCommand((await import('./meta/account.ts')).account),
    token: async () => runCommand((await import('./meta/token.ts')).token),
    numbers: async () => runCommand((await import('./meta/numbers.ts')).numbers),
    apps: async () => runCommand((await import('./meta/apps.ts')).apps),
    subscribe: async () => runCommand((await import('./meta/subscribe.ts')).subscribe),
    unsubscribe: async () => runCommand((await import('./meta/unsubscribe.ts')).unsubscribe),
    override: async () => runCommand((await import('./meta/override.ts')).override),
  },
});
