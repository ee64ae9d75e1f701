/** Bugs that each break one promise. Whoever proves the promise must turn red on them. */

interface Edit {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

export interface SeededBug {
  readonly name: string;
  readonly breaks: string;
  readonly edits: readonly Edit[];
  /** Test files of the unit project that must turn red. */
  readonly proof: readonly string[];
}

const WEBHOOK = 'app/http/webhook.ts';
const ACCEPT = 'app/conversation/accept.ts';
const WORK = 'app/conversation/work.ts';
const SEND = 'app/conversation/send.ts';
const READ = 'app/channels/meta/read.ts';
const SIGNATURE = 'app/channels/meta/signature.ts';
const ARRIVALS = 'app/stores/sqlite/arrivals.ts';
const ROWS = 'app/stores/sqlite/rows.ts';
const WORKING = 'app/stores/sqlite/working.ts';

const PAUSING = 'app/assistants/pausing.ts';
const LEASING = 'app/stores/dynamodb/leasing.ts';
const SQS = 'app/queues/sqs.ts';

const WEBHOOK_TEST = 'test/app/http/webhook.test.ts';
const ACCEPT_TEST = 'test/app/conversation/accept.test.ts';
const PAUSING_TEST = 'test/app/assistants/pausing.test.ts';
const ASSISTANT_FAILS_TEST = 'test/app/conversation/work/assistant-fails.test.ts';
const SEND_FAILS_TEST = 'test/app/conversation/work/send-fails.test.ts';
const GIVEN_UP_TEST = 'test/app/conversation/work/given-up.test.ts';
const LEAVING_TEST = 'test/app/conversation/work/leaving.test.ts';
const CRASHES_TEST = 'test/app/conversation/crashes.test.ts';
const READ_TEST = 'test/app/channels/meta/read.test.ts';
const SIGNATURE_TEST = 'test/app/channels/meta/signature.test.ts';
const SQLITE_TEST = 'test/app/stores/sqlite/contract.test.ts';
const ARRIVALS_TEST = 'test/app/stores/sqlite/arrivals.test.ts';
const DYNAMODB_TEST = 'test/app/stores/dynamodb/contract.test.ts';
const SQS_TEST = 'test/app/queues/sqs.test.ts';
const MEMORY_TEST = 'test/app/stores/memory.test.ts';
const SERVER_TEST = 'test/app/server.test.ts';

function bug(
  breaks: string,
  name: string,
  { file, find, replace }: Edit,
  ...proof: readonly string[]
): SeededBug {
  return { name, breaks, edits: [{ file, find, replace }], proof };
}

const STORED = '200 means stored';
const ONE_EFFECT = 'one effect';
const REPLY_FIRST = 'the reply is stored before it is sent';
const ORDER = 'order';
const NOTHING_WAITS = 'nothing waits for ever';
const ISOLATION = 'isolation';
const QUIET = 'quiet';
const LEAVING = 'leaving well';
const LOOKS_RIGHT = 'it looks right';

export const SEEDED_BUGS: readonly SeededBug[] = [
  bug(
    STORED,
    'the webhook answers before the delivery is stored',
    {
      file: WEBHOOK,
      find: 'const accepted = await door.accept(delivery);',
      replace:
        'void door.accept(delivery).catch(() => {}); const accepted = { stored: 0, known: 0, foreign: 0 };',
    },
    WEBHOOK_TEST,
  ),
  bug(
    STORED,
    'the engine answers before COMMIT',
    {
      file: 'app/stores/sqlite/engine.ts',
      find: "database.exec('COMMIT');",
      replace: "queueMicrotask(() => database.exec('COMMIT'));",
    },
    'test/app/stores/sqlite/engine.test.ts',
  ),
  bug(
    STORED,
    'synchronous=NORMAL',
    {
      file: 'app/stores/sqlite/open.ts',
      find: 'PRAGMA synchronous = FULL',
      replace: 'PRAGMA synchronous = NORMAL',
    },
    'test/app/stores/sqlite/open.test.ts',
  ),
  bug(
    STORED,
    'ALWAYS_RETURN_OK_TO_META turns 503 into 200',
    {
      file: WEBHOOK,
      find: 'return notStored(error);',
      replace: 'return alwaysReturnOk ? STORED : notStored(error);',
    },
    WEBHOOK_TEST,
  ),
  bug(
    STORED,
    'an id is seen before its message is stored',
    {
      file: ACCEPT,
      find: 'const messages = delivery.messages.filter(isOurs);',
      replace: `const seen = (globalThis.seen ??= new Set());
        const messages = delivery.messages.filter(isOurs).filter(({ id }) => !seen.has(id) && seen.add(id));`,
    },
    ACCEPT_TEST,
  ),
  bug(
    STORED,
    'a message is marked done on arrival',
    {
      file: ARRIVALS,
      find: 'WHEN message IS NULL THEN',
      replace: 'WHEN TRUE THEN',
    },
    SQLITE_TEST,
  ),
  bug(
    STORED,
    'only the first message of a batch is read',
    {
      file: READ,
      find: 'for (const message of messages) readMessage',
      replace: 'for (const message of messages.slice(0, 1)) readMessage',
    },
    READ_TEST,
  ),
  bug(
    STORED,
    'only the first entry is read',
    {
      file: READ,
      find: 'for (const item of entry) readEntry',
      replace: 'for (const item of entry.slice(0, 1)) readEntry',
    },
    'test/app/channels/meta/fixtures.test.ts',
  ),
  bug(
    STORED,
    'only the first message of a batch is stored',
    { file: ACCEPT, find: 'store.accept(messages)', replace: 'store.accept(messages.slice(0, 1))' },
    ACCEPT_TEST,
  ),
  bug(
    STORED,
    'a batch of 1,000 messages is cut',
    {
      file: READ,
      find: 'for (const message of messages) readMessage',
      replace: 'for (const message of messages.slice(0, 999)) readMessage',
    },
    READ_TEST,
  ),
  bug(
    STORED,
    'a delivery of 3 MB is too large',
    {
      file: WEBHOOK,
      find: 'const LONGEST_BODY = 4 * 1024 * 1024;',
      replace: 'const LONGEST_BODY = 1024 * 1024;',
    },
    'test/app/http/raw-body.test.ts',
  ),
  bug(
    ONE_EFFECT,
    'an id that another process has just stored is new',
    { file: ARRIVALS, find: 'if (now !== version) index();', replace: 'if (version === undefined) index();' },
    ARRIVALS_TEST,
  ),
  bug(
    STORED,
    'an id is remembered although its transaction was rolled back',
    { file: ARRIVALS, find: '      version = undefined;', replace: '' },
    ARRIVALS_TEST,
  ),
  bug(
    STORED,
    'what a killed process has left in no index is lost',
    {
      file: ARRIVALS,
      find: 'if (now !== version) index();',
      replace: 'if (version !== undefined && now !== version) index();',
    },
    ARRIVALS_TEST,
  ),
  bug(
    ONE_EFFECT,
    'ids are forgotten after three days',
    {
      file: 'app/conversation/retention.ts',
      find: 'IDS_KEPT_MS = 9 * DAY_MS',
      replace: 'IDS_KEPT_MS = 3 * DAY_MS',
    },
    SQLITE_TEST,
    MEMORY_TEST,
  ),
  bug(
    ONE_EFFECT,
    'a lease without a fencing token, in SQLite',
    {
      file: ROWS,
      find: 'WHERE id = ? AND token = ? AND turn IS NOT NULL',
      replace: 'WHERE id = ? AND ? IS NOT NULL AND turn IS NOT NULL',
    },
    SQLITE_TEST,
    CRASHES_TEST,
  ),
  bug(
    ONE_EFFECT,
    'a lease without a fencing token, in memory',
    {
      file: 'app/stores/memory/holding.ts',
      find: 'conversation?.turn === undefined || conversation.token !== lease.token',
      replace: 'conversation?.turn === undefined',
    },
    MEMORY_TEST,
    LEAVING_TEST,
  ),
  bug(
    ONE_EFFECT,
    'a lease without a fencing token, in DynamoDB',
    { file: LEASING, find: "when: '#token = :token',", replace: "when: ':token = :token'," },
    DYNAMODB_TEST,
  ),
  bug(
    ONE_EFFECT,
    'parts without a fence, in DynamoDB',
    {
      file: 'app/stores/dynamodb/replying.ts',
      find: "update.when === undefined ? '#fence = :fence'",
      replace: "update.when === undefined ? ':fence = :fence'",
    },
    DYNAMODB_TEST,
  ),
  bug(
    ONE_EFFECT,
    'an answered message is not remembered, in DynamoDB',
    {
      file: 'app/stores/dynamodb/stage.ts',
      find: "await Promise.all(entries.map((entry) => move(entry, 'waiting', { set, remove })));\n    },\n\n    /** Keeps the words",
      replace:
        'await Promise.all(entries.map((entry) => table.delete(keyOf(entry))), set, remove);\n    },\n\n    /** Keeps the words',
    },
    DYNAMODB_TEST,
  ),
  bug(
    ONE_EFFECT,
    'the lease is never renewed',
    {
      file: 'app/conversation/lease.ts',
      find: 'await store.renew(lease, leaseMs);',
      replace: 'await undefined;',
    },
    LEAVING_TEST,
  ),
  bug(
    ONE_EFFECT,
    'a process that slept before its send sends all the same',
    { file: SEND, find: 'clock.now() - before > STALLED_MS', replace: 'clock.now() < before' },
    LEAVING_TEST,
  ),
  bug(
    ONE_EFFECT,
    'the inline queue runs one conversation twice at once',
    { file: 'app/queues/inline.ts', find: 'lane.busy = true;', replace: 'lane.busy = false;' },
    'test/app/queues/inline.test.ts',
  ),
  bug(
    REPLY_FIRST,
    'parts are sent without intent',
    { file: SEND, find: 'await store.markSending(lease, key);', replace: '' },
    SEND_FAILS_TEST,
    CRASHES_TEST,
  ),
  bug(
    REPLY_FIRST,
    'a send of unknown outcome counts as not sent',
    {
      file: SEND,
      find: 'if (error instanceof Unavailable || error instanceof Refused) await',
      replace: 'await',
    },
    SEND_FAILS_TEST,
  ),
  bug(
    REPLY_FIRST,
    'a part that may have been sent is repeated at once',
    { file: SEND, find: 'if (waitMs > 0) {', replace: 'if (Number.isNaN(waitMs)) {' },
    SEND_FAILS_TEST,
    CRASHES_TEST,
  ),
  bug(
    REPLY_FIRST,
    'a send is repeated although its status came after the turn was claimed',
    { file: SEND, find: "if (part?.state === 'sent') return 'taken';", replace: '' },
    SEND_FAILS_TEST,
  ),
  bug(
    REPLY_FIRST,
    'a reply that is given up is sent once more in front of its apology',
    {
      file: WORK,
      find: "if (state === 'sending') await store.markUnsent(lease, key);",
      replace: 'void [key, state];',
    },
    GIVEN_UP_TEST,
  ),
  bug(
    REPLY_FIRST,
    'a reply is given up without waiting for the status of its last send',
    {
      file: 'app/conversation/failure.ts',
      find: 'rules.mostAttempts + (isUnderWay(turn) ? 1 : 0)',
      replace: 'rules.mostAttempts',
    },
    GIVEN_UP_TEST,
  ),
  bug(
    REPLY_FIRST,
    'what was sent is not marked',
    { file: SEND, find: 'await store.markSent(lease, key, platformId);', replace: 'void platformId;' },
    SEND_FAILS_TEST,
  ),
  bug(
    REPLY_FIRST,
    'the assistant is asked again although the reply is written',
    {
      file: 'app/conversation/turn.ts',
      find: 'turn.parts ?? (await writeWhileTyping())',
      replace: 'await writeWhileTyping()',
    },
    SEND_FAILS_TEST,
  ),
  bug(
    REPLY_FIRST,
    'a status moves backwards',
    {
      file: 'app/conversation/progress.ts',
      find: 'return known === undefined || RANK[heard] > RANK[known] ? heard : known;',
      replace: 'return heard;',
    },
    SQLITE_TEST,
    MEMORY_TEST,
  ),
  bug(
    REPLY_FIRST,
    'a status settles the send and nobody is woken',
    {
      file: ACCEPT,
      find: '...unique(settled).map((conversation) => queue.wake(conversation, 0)),',
      replace: '',
    },
    ACCEPT_TEST,
  ),
  bug(
    ORDER,
    'a turn takes its messages as they arrived, not as they were sent',
    {
      file: WORKING,
      find: 'IS NOT NULL ORDER BY sent_at, arrival',
      replace: 'IS NOT NULL ORDER BY arrival',
    },
    SQLITE_TEST,
  ),
  bug(
    ORDER,
    'the next part does not wait for the one before',
    {
      file: SEND,
      find: 'if (previous !== undefined) await confirmed(previous, work);',
      replace: 'void previous;',
    },
    SEND_FAILS_TEST,
  ),
  {
    name: 'an attempt is counted after the work',
    breaks: NOTHING_WAITS,
    edits: [
      { file: WORKING, find: 'attempts = attempts + 1', replace: 'attempts = attempts' },
      { file: WORKING, find: 'attempts = attempts - 1', replace: 'attempts = attempts + 1' },
      { file: WORKING, find: 'if (!counts) uncountAttempt', replace: 'if (counts) uncountAttempt' },
      { file: ROWS, find: 'attempt: row.attempts,', replace: 'attempt: row.attempts + 1,' },
    ],
    proof: [SQLITE_TEST],
  },
  bug(
    NOTHING_WAITS,
    'a turn is tried for ever',
    {
      file: 'app/conversation/failure.ts',
      find: 'turn.attempt >= mostLooks',
      replace: 'turn.attempt < 0',
    },
    ASSISTANT_FAILS_TEST,
  ),
  bug(
    NOTHING_WAITS,
    'a key that is refused is shown again and again',
    {
      file: 'app/compose/answering.ts',
      find: 'return pausing(observed(create(assistant)), clock);',
      replace: 'return observed(create(assistant));',
    },
    SERVER_TEST,
  ),
  bug(
    NOTHING_WAITS,
    'after a rest everybody shows the refused key at once',
    { file: PAUSING, find: 'isInDoubt ||= keys.includes(EVERYBODY);', replace: '' },
    PAUSING_TEST,
  ),
  bug(
    ISOLATION,
    'one person who is refused makes everybody rest',
    { file: PAUSING, find: 'refused.size > 1 ? [EVERYBODY] : []', replace: '[EVERYBODY]' },
    PAUSING_TEST,
  ),
  bug(
    NOTHING_WAITS,
    'the sweep ignores leases',
    {
      file: 'app/stores/sqlite/upkeep.ts',
      find: 'WHERE lease_until <= ?1 AND retry_at <= ?1',
      replace: 'WHERE retry_at <= ?1',
    },
    SQLITE_TEST,
  ),
  bug(
    NOTHING_WAITS,
    'nobody sweeps',
    {
      file: 'app/compose.ts',
      find: '() => sweep(store, inline, rules.windowMs);',
      replace: 'async () => sweep;',
    },
    SERVER_TEST,
  ),
  bug(
    NOTHING_WAITS,
    'a redelivered message that still waits is not woken again',
    { file: ACCEPT, find: "outcome !== 'done'", replace: "outcome === 'new'" },
    ACCEPT_TEST,
  ),
  bug(
    NOTHING_WAITS,
    'a wake-up that comes during a turn is forgotten',
    {
      file: 'app/queues/inline.ts',
      find: 'if (lane.dueAt === Infinity || closed)',
      replace: 'if (again === undefined || closed)',
    },
    'test/app/queues/inline.test.ts',
  ),
  bug(
    NOTHING_WAITS,
    'the lock of a wake-up is never cleared',
    {
      file: SQS,
      find: 'arrived: (conversation) => lock.clear(conversation),',
      replace: 'arrived: async () => {},',
    },
    SQS_TEST,
  ),
  bug(
    NOTHING_WAITS,
    'a wake-up that was lost keeps the lock for ever',
    { file: 'app/queues/trigger-lock.ts', find: 'OR #lost_at <= :now OR', replace: 'OR #lost_at = :now OR' },
    SQS_TEST,
  ),
  bug(
    NOTHING_WAITS,
    'a wake-up is deleted before its work',
    {
      file: 'app/worker/poll.ts',
      find: 'const outcome = await answer(body, stop.signal)',
      replace: 'await receiving.delete(receipt); const outcome = await answer(body, stop.signal)',
    },
    'test/app/worker/poll.test.ts',
  ),
  bug(
    NOTHING_WAITS,
    'a wake-up that failed is not named to Lambda',
    {
      file: 'app/worker/lambda.ts',
      find: 'return { itemIdentifier: messageId };',
      replace: 'return undefined;',
    },
    'test/app/worker/lambda.test.ts',
  ),
  bug(
    NOTHING_WAITS,
    'a stopped call of Graph ends the process',
    { file: 'app/channels/meta/graph.ts', find: "request.on('error', () => {});", replace: '' },
    'test/app/channels/meta/graph.test.ts',
  ),
  bug(
    ISOLATION,
    "a queue's URL leads past the endpoint that was set",
    { file: SQS, find: 'useQueueUrlAsEndpoint: false', replace: 'useQueueUrlAsEndpoint: true' },
    'test/app/compose/aws.test.ts',
  ),
  bug(
    ISOLATION,
    'a number that is not ours is accepted',
    {
      file: ACCEPT,
      find: 'if ((await businesses.find(channel, number)) !== undefined) ours.add(key);',
      replace: 'if ((await businesses.find(channel, number)) !== null) ours.add(key);',
    },
    ACCEPT_TEST,
  ),
  bug(
    ISOLATION,
    'a call that the database cannot take fails its neighbours',
    {
      file: 'app/stores/sqlite/engine.ts',
      find: "if (failure.failed === 'Error' && calls.length > 1)",
      replace: 'if (calls.length < 0)',
    },
    'test/app/stores/sqlite/engine.test.ts',
  ),
  bug(
    ISOLATION,
    'one pause of Meta stops everybody',
    {
      file: 'app/channels/meta/pace.ts',
      find: "if (failure.scope === 'app') return 'app';",
      replace: "return 'app';",
    },
    'test/app/channels/meta/pace.test.ts',
  ),
  bug(
    ISOLATION,
    'the rate of a number is not kept',
    {
      file: 'app/channels/meta/pace.ts',
      find: 'this.#numbers.take(route.number, now);',
      replace: '',
    },
    'test/app/channels/meta/pace.test.ts',
  ),
  bug(
    QUIET,
    'the signature is not checked',
    { file: WEBHOOK, find: 'if (!verified.ok) {', replace: 'if (verified === undefined) {' },
    WEBHOOK_TEST,
  ),
  bug(
    QUIET,
    'the signature is compared over the body written anew',
    {
      file: WEBHOOK,
      find: 'door.verify(rawBody,',
      replace: 'door.verify(Buffer.from(JSON.stringify(parseJson(rawBody)) ?? rawBody),',
    },
    WEBHOOK_TEST,
  ),
  bug(
    QUIET,
    'the door is open when there is no secret',
    { file: SIGNATURE, find: "{ ok: false, why: 'no_secret' };", replace: '{ ok: true, escaped: false };' },
    SIGNATURE_TEST,
  ),
  bug(
    QUIET,
    'the door is open when there is no signature',
    {
      file: SIGNATURE,
      find: "return { ok: false, why: 'missing' };",
      replace: 'return { ok: true, escaped: false };',
    },
    SIGNATURE_TEST,
  ),
  bug(
    QUIET,
    'the text of a message stays after its answer',
    { file: WORKING, find: 'message = NULL, turn = NULL', replace: 'turn = NULL' },
    'test/app/stores/sqlite/forgetting.test.ts',
  ),
  bug(
    QUIET,
    'the text of a reply stays after its last status',
    {
      file: 'app/stores/sqlite/replying.ts',
      find: 'if (turn.finished === 1 && isFinal(progress)) clear.run(part.key);',
      replace: '',
    },
    'test/app/stores/sqlite/forgetting.test.ts',
  ),
  bug(
    QUIET,
    'what is deleted can be read in the file',
    {
      file: 'app/stores/sqlite/open.ts',
      find: 'PRAGMA secure_delete = ON;',
      replace: 'PRAGMA secure_delete = OFF;',
    },
    'test/app/stores/sqlite/forgetting.test.ts',
  ),
  bug(
    QUIET,
    'a redelivery brings back a person who was erased, in SQLite',
    {
      file: 'app/stores/sqlite/accepting.ts',
      find: 'const earlier = arrivals.find(id);',
      replace: 'conversationOf(now, message); const earlier = arrivals.find(id);',
    },
    SQLITE_TEST,
  ),
  bug(
    QUIET,
    'a redelivery brings back a person who was erased, in DynamoDB',
    {
      file: 'app/stores/dynamodb/accepting.ts',
      find: 'found.writes.length > 0 ? await stage.find({ lane, id }) : undefined;',
      replace: 'await Promise.resolve<Staged | undefined>(undefined);',
    },
    DYNAMODB_TEST,
  ),
  bug(
    QUIET,
    'who was two people before is erased by half, in SQLite',
    {
      file: 'app/stores/sqlite/erasing.ts',
      find: 'JOIN conversations ON identity IN (phone, user_id, account)',
      replace: 'JOIN conversations ON FALSE',
    },
    SQLITE_TEST,
  ),
  bug(
    QUIET,
    'who was two people before is erased by half, in DynamoDB',
    {
      file: 'app/stores/dynamodb/people.ts',
      find: 'if (seen !== undefined) await table.put(',
      replace: 'if (seen === id) await table.put(',
    },
    DYNAMODB_TEST,
  ),
  bug(
    QUIET,
    'a phone number is logged',
    {
      file: WEBHOOK,
      find: "log.debug('delivery stored', { ",
      replace: "log.debug('delivery stored', { who: delivery.messages[0]?.person.phone, ",
    },
    SERVER_TEST,
  ),
  bug(
    QUIET,
    'the text of a message is logged',
    {
      file: WEBHOOK,
      find: "log.debug('delivery stored', { ",
      replace: "log.debug('delivery stored', { detail: delivery.messages[0]?.content.text, ",
    },
    SERVER_TEST,
  ),
  bug(
    LEAVING,
    'an attempt counts although the process only had to leave',
    {
      file: WORK,
      find: "await store.release(lease, { retryAt: clock.now(), countAttempt: false });\n    return { outcome: 'stopped'",
      replace:
        "await store.release(lease, { retryAt: clock.now(), countAttempt: true });\n    return { outcome: 'stopped'",
    },
    LEAVING_TEST,
  ),
  bug(
    LEAVING,
    'the queue does not wait for what runs',
    { file: 'app/queues/inline.ts', find: 'await running.onIdle();', replace: '' },
    'test/app/queues/inline.test.ts',
  ),
  bug(
    LEAVING,
    'the queue never tells what runs to stop',
    {
      file: 'app/queues/inline.ts',
      find: "stop.abort(new Error('the process is leaving'))",
      replace: '{}',
    },
    'test/app/queues/inline.test.ts',
  ),
  bug(
    LEAVING,
    'idle connections are cut at once, whatever is on its way on them',
    { file: 'app/http/listen.ts', find: '}, idleMs);', replace: '}, 0);' },
    'test/app/http/listen.test.ts',
  ),
  bug(
    LEAVING,
    'who waits in line while the process is busy is reset',
    {
      file: 'app/http/listen.ts',
      find: 'onceNobodyWaits(server, takeNoMore)',
      replace: 'setImmediate(() => setImmediate(takeNoMore))',
    },
    'test/app/http/listen.test.ts',
  ),
  bug(
    LOOKS_RIGHT,
    'a part ends inside a grapheme',
    {
      file: 'app/conversation/split/shorten.ts',
      find: 'Array.from(GRAPHEMES.segment(piece.text), ({ segment }) => segment)',
      replace: '[...piece.text]',
    },
    'test/app/conversation/split.test.ts',
  ),
  bug(
    LOOKS_RIGHT,
    'a part is one unit too long',
    {
      file: 'app/conversation/split/cuts.ts',
      find: 'closing(final).length <= this.#longestPart;',
      replace: 'closing(final).length <= this.#longestPart + 1;',
    },
    'test/app/conversation/split.test.ts',
  ),
];
