/** `npm run conversations -- <subcommand>`: what waits and why, the steps of a message, the end of a hand-off, erasure and retention. */
import { runCommand } from './command.ts';
import { runSubcommand } from './subcommands/run.ts';

const HELP = `Usage: npm run conversations -- <subcommand> [options] [local|staging|production]

The conversations of a store, without any text of a message or a reply. Each subcommand prints its own help:
npm run conversations -- list --help

  list             what waits, is handed off, opted out or given up, in which state and why, the oldest first
  show <who>       one conversation, or all of a person: its state, its turn and the marks of its parts
  trace <id>       the steps of a message with times, from its delivery to the last status, from the log
  resume <who>     the assistant answers again from the next message on
  erase <who>      deletes everything stored of a person, and proves it
  retention        how old the oldest stored text is; with --now, deletes what is past its time

<who> is the id of a conversation, a phone number or a user id. A person's numbers are masked, but the one you name.

"local", the default, is the store that this machine is configured for (SQLITE_PATH, or the tables of STORE=dynamodb, in
the environment or in .env). A stack is found through its SSM parameters, with your own AWS credentials.

  --json    print one JSON object instead of lines
  --help    the help of the subcommand

Exit codes: 0 done, 1 an error, or there is no such conversation, 2 wrong call.
`;

await runSubcommand({
  name: 'conversations',
  help: HELP,
  subcommands: {
    list: async () => runCommand((await import('./conversations/list.ts')).list),
    show: async () => runCommand((await import('./conversations/show.ts')).show),
    trace: async () => runCommand((await import('./conversations/trace.ts')).trace),
    resume: async () => runCommand((await import('./conversations/resume.ts')).resume),
    erase: async () => runCommand((await import('./conversations/erase.ts')).erase),
    retention: async () => runCommand((await import('./conversations/retention.ts')).retention),
  },
});
