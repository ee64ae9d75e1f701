/** A number that is set with a fault: its name in the rule, its label, its preset, its least value. */
const number = (name, label, value, min = 0) => ({ name, label, value, min });
const MS = number('ms', 'Milliseconds', 20_000, 1);

const OF_META = [
  ['Too much to this person: 131056', { kind: 'refuse', code: 131056 }],
  ['Too much from this number: 130429', { kind: 'refuse', code: 130429 }],
  ['Something went wrong: 131000', { kind: 'refuse', code: 131000 }],
  ['The access token expired: 190', { kind: 'refuse', code: 190 }],
  ['Accepted, and fails later: 131026', { kind: 'fails_later', code: 131026 }],
];
const OF_TWILIO = [
  ['Too much from this number: 63018', { kind: 'refuse', code: 63018 }],
  ['Something went wrong: HTTP 500', { kind: 'refuse', code: 20500 }],
  ['The auth token was changed: 20003', { kind: 'refuse', code: 20003 }],
  ['Accepted, and fails later: 63018', { kind: 'fails_later', code: 63018 }],
  ['Accepted, and not delivered: 63024', { kind: 'fails_later', code: 63024 }],
];
const OF_CALLS = [
  [
    'Too many requests: HTTP 429',
    { kind: 'throttled' },
    number('retryAfterSeconds', 'Seconds to wait, as it says', 5),
  ],
  ['Accepted, and the answer is lost', { kind: 'lost' }],
  ['Accepted, and answered late', { kind: 'slow' }, MS],
  ['The connection is cut', { kind: 'cut' }],
];
const OF_DELIVERIES = [
  ['Statuses are dropped', { kind: 'drop_statuses' }],
  ['Every delivery comes several times', { kind: 'duplicate' }, number('times', 'Times', 5, 2)],
  [
    'Deliveries overtake each other',
    { kind: 'shuffle' },
    number('withinMs', 'Within milliseconds', 2_000, 1),
  ],
  ['The signature is wrong', { kind: 'wrong_signature' }],
];
const OF_ASSISTANT = [
  ['The assistant is slow', { kind: 'assistant_slow' }, MS],
  ['The assistant is cut off', { kind: 'assistant_cut' }, number('afterBytes', 'After bytes', 20)],
  ['The assistant answers with nothing', { kind: 'assistant_empty' }],
  ...[500, 503, 401, 429].map((status) => [
    `The assistant refuses: HTTP ${status}`,
    { kind: 'assistant_refuse', status },
  ]),
];

/** Returns the faults that a platform has, in groups: each a name, the rule, and a number to set. */
export function faultKinds(channel) {
  return [
    ['Calls of the platform', [...(channel === 'twilio' ? OF_TWILIO : OF_META), ...OF_CALLS]],
    ['Deliveries and statuses', OF_DELIVERIES],
    ['The assistant', OF_ASSISTANT],
  ];
}

/** Returns what an active fault is called, how it is set, and how often it still comes. */
export function faultName(fault, kinds) {
  const same = ([, rule]) => Object.entries(rule).every(([name, value]) => fault[name] === value);
  const [name, , setting] = kinds.find(same) ?? [fault.kind];
  const value = setting === undefined ? undefined : fault[setting.name];
  const left = fault.next === 1 ? 'once' : `${fault.next} more`;
  const details = [
    ...(value === undefined ? [] : [`${setting.label.toLowerCase()}: ${value.toLocaleString('en')}`]),
    ...(fault.next ? [left] : []),
    ...(fault.chance === undefined ? [] : [`${Math.round(fault.chance * 100)} % of the time`]),
    ...(fault.person === undefined ? [] : ['one person']),
  ];
  return details.length === 0 ? name : `${name} (${details.join(', ')})`;
}
