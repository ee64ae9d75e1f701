import type { DatabaseSync } from 'node:sqlite';
import { keyed, type StoreSecret } from '../../domain/identity.ts';

/** The `user_version` that this program writes. A newer program wrote a file with a higher one. */
const SCHEMA_VERSION = 8;

/**
 * messages: one row per id, for as long as the id is remembered. state: -1 stored and not yet indexed, 0 waiting,
 *   1 in an open turn, 2 done, 3 dead.
 * conversations: lease, back-off and facts; `questions`, `thread_state` and `standing` are JSON. Whether there is work is
 *   not stored: it follows from the waiting messages and `turn`.
 * turns: finished: 0 open, 1 finished, 2 finished with a failed part, to be reopened. gave_up_attempts: attempts until it was
 *   given up; `attempts` counts anew from then on.
 * parts: state 0 unsent, 1 sending, 2 sent. failures: JSON, the id and code of each failed send. priced: 1 once its price
 *   is counted. thread, question: the question that it answers. template: 1 when it is sent as the platform's template.
 * costs: how many parts were delivered, by month and price. No person.
 * tokens: what the assistant's answers used, by month and business. No person.
 * identities: a row for each period in which an identity belonged to a conversation's person; `until_at` is NULL for the
 *   present owner. scope: business and channel (`scopeOf`).
 * secrets: the key of the ids of messages and parts.
 * corrections: edits and revokes whose message has not arrived; a revoke has no content.
 */
const MESSAGES = `
  CREATE TABLE messages (
    arrival INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    conversation TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    turn TEXT,
    message TEXT
  ) STRICT;
  CREATE UNIQUE INDEX ids ON messages (id) WHERE state >= 0;
  CREATE INDEX waiting ON messages (conversation, sent_at, arrival) WHERE state = 0;
  CREATE INDEX taken ON messages (turn) WHERE turn IS NOT NULL;
`;

const CORRECTIONS = `
  CREATE TABLE corrections (
    message BLOB NOT NULL,
    conversation TEXT NOT NULL,
    stamp TEXT NOT NULL,
    content TEXT,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (message, conversation)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX corrections_by_age ON corrections (received_at);
  CREATE INDEX corrections_of ON corrections (conversation);
`;

const IDENTITIES = `
  CREATE TABLE identities (
    scope TEXT NOT NULL,
    number TEXT NOT NULL,
    identity TEXT NOT NULL,
    conversation TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER,
    PRIMARY KEY (scope, number, identity, from_at, conversation)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX identities_of ON identities (conversation);
`;

const SECRETS = `
  CREATE TABLE secrets (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO secrets VALUES ('ids', lower(hex(randomblob(32))));
`;

const COSTS = `
  CREATE TABLE costs (
    month TEXT NOT NULL,
    business TEXT NOT NULL,
    category TEXT NOT NULL,
    country TEXT NOT NULL,
    billable INTEGER NOT NULL,
    parts INTEGER NOT NULL,
    PRIMARY KEY (month, business, category, country, billable)
  ) STRICT, WITHOUT ROWID;
`;

const TOKENS = `
  CREATE TABLE tokens (
    month TEXT NOT NULL,
    business TEXT NOT NULL,
    answers INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    PRIMARY KEY (month, business)
  ) STRICT, WITHOUT ROWID;
`;

/** The columns for turns that are reopened after their end. */
const REOPENED = 'CREATE INDEX reopened ON turns (conversation, opened_at) WHERE finished = 2;';

const SCHEMA = `
  ${MESSAGES}
  ${CORRECTIONS}
  ${IDENTITIES}
  ${SECRETS}
  ${COSTS}
  ${TOKENS}
  CREATE TABLE conversations (
    id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    number TEXT NOT NULL,
    phone TEXT,
    user_id TEXT,
    account TEXT NOT NULL,
    language TEXT,
    registered INTEGER NOT NULL DEFAULT 0,
    thread TEXT,
    thread_at INTEGER,
    token TEXT,
    lease_until INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    turn TEXT,
    last_at INTEGER NOT NULL,
    last_sent_at INTEGER NOT NULL DEFAULT 0,
    thread_state TEXT,
    questions TEXT,
    standing TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX working ON conversations (lease_until) WHERE turn IS NOT NULL;

  CREATE TABLE turns (
    id TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    opened_at INTEGER NOT NULL,
    replied INTEGER NOT NULL DEFAULT 0,
    gave_up_reason TEXT,
    gave_up_at INTEGER,
    finished INTEGER NOT NULL DEFAULT 0,
    newest_at INTEGER NOT NULL DEFAULT 0,
    reopened INTEGER NOT NULL DEFAULT 0,
    gave_up_attempts INTEGER
  ) STRICT, WITHOUT ROWID;
  ${REOPENED}
  CREATE INDEX turns_by_age ON turns (opened_at);
  CREATE INDEX dead_letters ON turns (gave_up_at) WHERE gave_up_reason IS NOT NULL;

  CREATE TABLE parts (
    key TEXT PRIMARY KEY,
    turn TEXT NOT NULL,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    state INTEGER NOT NULL,
    tried_at INTEGER,
    platform_id BLOB,
    progress TEXT,
    code TEXT,
    failures TEXT,
    priced INTEGER NOT NULL DEFAULT 0,
    thread TEXT,
    question INTEGER,
    template INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX parts_of ON parts (turn, position);
  CREATE INDEX parts_by_platform_id ON parts (platform_id) WHERE platform_id IS NOT NULL;
`;

/** Migrations from each version to the next one. */
const MIGRATIONS: Readonly<Record<number, string>> = {
  // Ids had an index that every message changed at once.
  1: `
    ALTER TABLE messages RENAME TO messages_1;
    DROP INDEX waiting;
    DROP INDEX taken;
    ${MESSAGES}
    INSERT INTO messages SELECT * FROM messages_1;
    DROP TABLE messages_1;
  `,
  // Ids of conversations and messages were digests that could be computed without a secret, and a name belonged to its
  // first owner for ever. Edits, revokes and questions were not stored, and a failed part of a finished turn was
  // forgotten. How old a finished turn is cannot be known any more.
  2: `
    ${SECRETS}
    ${CORRECTIONS}
    UPDATE messages SET id = keyed(id);
    UPDATE parts SET platform_id = keyed(platform_id) WHERE platform_id IS NOT NULL;
    ALTER TABLE turns ADD COLUMN newest_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE turns ADD COLUMN reopened INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE parts ADD COLUMN failures TEXT;
    ${REOPENED}
    UPDATE turns SET newest_at = coalesce((SELECT max(sent_at) FROM messages WHERE turn = turns.id), opened_at);
    ALTER TABLE conversations ADD COLUMN last_sent_at INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE conversations ADD COLUMN thread_state TEXT;
    ALTER TABLE conversations ADD COLUMN questions TEXT;
    ALTER TABLE identities RENAME TO identities_2;
    DROP INDEX identities_of;
    ${IDENTITIES.replaceAll('scope', 'channel')}
    INSERT INTO identities
      SELECT i.channel, i.number, identity, conversation, 0, iif(identity IN (phone, user_id), NULL, last_at)
      FROM identities_2 AS i JOIN conversations ON id = conversation;
    DROP TABLE identities_2;
    CREATE TEMP TABLE renamed (old TEXT PRIMARY KEY, new TEXT) WITHOUT ROWID;
    INSERT INTO renamed SELECT id, lower(hex(randomblob(16))) FROM conversations;
    UPDATE messages SET conversation = coalesce((SELECT new FROM renamed WHERE old = conversation), '');
    UPDATE turns SET conversation = (SELECT new FROM renamed WHERE old = conversation);
    UPDATE identities SET conversation = (SELECT new FROM renamed WHERE old = conversation);
    UPDATE conversations SET id = (SELECT new FROM renamed WHERE old = id);
    DROP TABLE renamed;
  `,
  // The columns had other names.
  3: `
    ALTER TABLE turns RENAME COLUMN buried TO gave_up_reason;
    ALTER TABLE turns RENAME COLUMN buried_at TO gave_up_at;
  `,
  // All identities were those of one business.
  4: 'ALTER TABLE identities RENAME COLUMN channel TO scope;',
  // What parts cost was not counted. Those delivered before stay uncounted.
  5: `
    ALTER TABLE parts ADD COLUMN priced INTEGER NOT NULL DEFAULT 0;
    ${COSTS}
  `,
  // Hand-offs, opt-outs, templates and tokens were not stored, nor which question a reply answers.
  6: `
    ALTER TABLE conversations ADD COLUMN standing TEXT;
    ALTER TABLE parts ADD COLUMN thread TEXT;
    ALTER TABLE parts ADD COLUMN question INTEGER;
    ALTER TABLE parts ADD COLUMN template INTEGER NOT NULL DEFAULT 0;
    ${TOKENS}
  `,
  // The attempts of a turn were forgotten when it was given up.
  7: 'ALTER TABLE turns ADD COLUMN gave_up_attempts INTEGER;',
};

/** A newer program wrote the file. */
export class NewerSchema extends Error {
  override readonly name = 'NewerSchema';

  constructor(found: number) {
    super(
      `written by a newer version of this program (schema ${found}, this one knows ${SCHEMA_VERSION}). Start that version, or name another file`,
    );
  }
}

/** Creates the tables in a new file, or migrates those of an older program. Throws `NewerSchema`. */
export function migrate(database: DatabaseSync): void {
  database.exec('BEGIN IMMEDIATE');
  const found = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (found > SCHEMA_VERSION) throw new NewerSchema(found);
  if (found === 0) database.exec(SCHEMA);
  let secret: StoreSecret | undefined;
  database.function('keyed', (id) => {
    secret ??= storeSecret(database);
    return keyed(secret, Buffer.from(id as Uint8Array));
  });
  if (found !== 0)
    for (let version = found; version < SCHEMA_VERSION; version += 1)
      database.exec(MIGRATIONS[version] ?? '');
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT;`);
}

/** Creates the key of the ids of messages and parts, which cannot be computed without this file. */
export function storeSecret(database: DatabaseSync): StoreSecret {
  return String(database.prepare("SELECT value FROM secrets WHERE name = 'ids'").get()?.value);
}
