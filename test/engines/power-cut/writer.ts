import { writeSync } from 'node:fs';
import { createEngine } from '#app/stores/sqlite/engine.ts';
import { openDatabase } from '#app/stores/sqlite/open.ts';

/**
 * Accepts messages as fast as possible, and prints the id of each acknowledged one, until it is killed. `bug` adds a
 * deliberate bug that the test must find.
 */
const [path = '', bug = 'none'] = process.argv.slice(2);
const database = openDatabase(path);
if (bug === 'synchronous-normal') database.exec('PRAGMA synchronous = NORMAL');
const run = createEngine(database);

for (let batch = 0; ; batch += 1) {
  const ids = Array.from({ length: 8 }, (_, index) => `wamid.${process.pid}-${batch}-${index}`);
  const acknowledge = () => writeSync(1, `${ids.join('\n')}\n`);
  if (bug === 'acknowledge-before-commit') acknowledge();
  run(
    ids.map((id) => ({
      name: 'accept',
      now: batch,
      values: [
        [
          {
            id,
            business: 'env',
            channel: 'meta',
            number: '1',
            person: { phone: `1555000${batch % 50}` },
            sentAt: batch,
            content: { kind: 'text', text: 'How is the night prayer prayed? '.repeat(20) },
          },
        ],
      ],
    })),
  );
  if (bug !== 'acknowledge-before-commit') acknowledge();
}
