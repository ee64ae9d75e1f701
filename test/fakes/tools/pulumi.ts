/**
 * A stand-in for Pulumi's command line: records its calls, and for `up` tells the fake account to deploy. The file `exits`
 * has the
 * exit codes of the next `up`s, `FAKE_PULUMI_SAYS` the output of a failing one, `FAKE_PULUMI` the outputs of commands by their
 * prefixes.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.FAKE_TOOLS ?? '';
const args = process.argv.slice(2);
appendFileSync(join(folder, 'calls'), `${JSON.stringify(['pulumi', ...args])}\n`);

const answers: unknown = JSON.parse(process.env.FAKE_PULUMI ?? '{}');
const answer = Object.entries(Object(answers)).find(([start]) => args.join(' ').startsWith(start))?.[1];
if (answer !== undefined) process.stdout.write(String(answer));
if (args[0] === 'up') await up();

async function up(): Promise<void> {
  const exits = join(folder, 'exits');
  const [exit = '0', ...later] = existsSync(exits) ? readFileSync(exits, 'utf8').split(' ') : [];
  writeFileSync(exits, later.join(' ') || '0');
  process.exitCode = Number(exit);
  if (process.exitCode !== 0 && process.env.FAKE_PULUMI_SAYS) {
    process.stderr.write(process.env.FAKE_PULUMI_SAYS);
    return;
  }
  process.stdout.write(`Previewing update (staging):\n\nUpdating (staging):\n`);
  const image = args.map((word) => /^ansari-whatsapp:image=(.*)$/.exec(word)?.[1]).find(Boolean);
  if (image !== undefined)
    await fetch(`${process.env.FAKE_ACCOUNT}/fake/up?image=${encodeURIComponent(image)}`);
}
