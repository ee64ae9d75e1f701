import { z } from 'zod';
import type { Random } from './random.ts';

/** Which calls or deliveries a fault applies to. Default: all of them until it is cleared. */
const conditions = {
  /** Only this many times. */
  next: z.int().min(1).optional(),
  /** Each time with this probability. */
  chance: z.number().min(0).max(1).optional(),
  /** Only for this person. */
  person: z.string().optional(),
};
const graphCall = { ...conditions, on: z.enum(['sends', 'receipts', 'both']).default('sends') };
const code = z.int().min(0);

const schema = z.discriminatedUnion('kind', [
  /** HTTP 429, with `Retry-After` when set. */
  z.strictObject({
    kind: z.literal('throttled'),
    retryAfterSeconds: z.int().min(0).optional(),
    ...graphCall,
  }),
  /** Rejected with a code: Meta's 131056, 130429, 131000, 190, Twilio's 63018, 20500, or any other. */
  z.strictObject({ kind: z.literal('refuse'), code, ...graphCall }),
  /** The connection is reset and nothing was accepted. */
  z.strictObject({ kind: z.literal('cut'), ...graphCall }),
  /** Accepted, with statuses, but the connection is reset instead of the response. */
  z.strictObject({ kind: z.literal('lost'), ...graphCall }),
  /** Accepted, and the response is delayed. */
  z.strictObject({ kind: z.literal('slow'), ms: z.int().min(0), ...graphCall }),
  /** Accepted, then a `failed` status with this code. */
  z.strictObject({ kind: z.literal('fails_later'), code, ...conditions }),
  /** A status is never delivered. */
  z.strictObject({ kind: z.literal('drop_statuses'), ...conditions }),
  /** A delivery is posted this many times. */
  z.strictObject({ kind: z.literal('duplicate'), times: z.int().min(2).max(100), ...conditions }),
  /** A delivery waits a random time, so that others overtake it. */
  z.strictObject({ kind: z.literal('shuffle'), withinMs: z.int().min(1), ...conditions }),
  /** An attempt of a delivery has a wrong signature. */
  z.strictObject({ kind: z.literal('wrong_signature'), ...conditions }),
  /** A question to the assistant is rejected, and does not reach it. */
  z.strictObject({
    kind: z.literal('assistant_refuse'),
    status: z.literal([401, 429, 500, 503]),
    ...conditions,
  }),
  /** The answer of the assistant is withheld for so long. */
  z.strictObject({ kind: z.literal('assistant_slow'), ms: z.int().min(0), ...conditions }),
  /** The connection is reset after so many bytes of the answer. */
  z.strictObject({ kind: z.literal('assistant_cut'), afterBytes: z.int().min(0), ...conditions }),
  /** The answer arrives without a text. */
  z.strictObject({ kind: z.literal('assistant_empty'), ...conditions }),
]);

export const faultSchema = schema;
export const FAULT_KINDS = schema.options.map(({ shape }) => shape.kind.value);
export type FaultRule = z.input<typeof schema>;
export type Fault = z.output<typeof schema>;
type Kind = Fault['kind'];

export interface Faults {
  add(rule: FaultRule): void;
  /** Ends all faults, those of one kind, or those of one kind and code. */
  clear(kind?: string, code?: number): void;
  /** Returns the first fault of these kinds that applies now, and counts it against its `next`. */
  draw<K extends Kind>(kinds: readonly K[], target: Target): Extract<Fault, { kind: K }> | undefined;
  list(): readonly Fault[];
}

export interface Target {
  readonly people: readonly string[];
  readonly call?: 'sends' | 'receipts';
}

/** `onChange` is called with the active faults whenever they change. */
export function createFaults(
  rules: readonly FaultRule[],
  random: Random,
  onChange: (active: readonly Fault[]) => void = () => {},
): Faults {
  let active: { fault: Fault; left: number }[] = [];
  const faults: Faults = {
    add(rule) {
      const fault = schema.parse(rule);
      active.push({ fault, left: fault.next ?? Number.POSITIVE_INFINITY });
      onChange(faults.list());
    },
    clear(kind, code) {
      const ends = (fault: Fault): boolean =>
        (kind === undefined || fault.kind === kind) &&
        (code === undefined || ('code' in fault && fault.code === code));
      active = active.filter(({ fault }) => !ends(fault));
      onChange(faults.list());
    },
    draw(kinds, target) {
      for (const entry of active) {
        const { fault } = entry;
        if (!isOneOf(fault, kinds) || !appliesTo(fault, target)) continue;
        if (fault.chance !== undefined && random() >= fault.chance) continue;
        entry.left -= 1;
        if (entry.left <= 0) active = active.filter((other) => other !== entry);
        if (fault.next !== undefined) onChange(faults.list());
        return fault;
      }
      return undefined;
    },
    list: () => active.map(({ fault, left }) => (Number.isFinite(left) ? { ...fault, next: left } : fault)),
  };
  for (const rule of rules) faults.add(rule);
  return faults;
}

function isOneOf<K extends Kind>(fault: Fault, kinds: readonly K[]): fault is Extract<Fault, { kind: K }> {
  return kinds.some((kind) => kind === fault.kind);
}

function appliesTo(fault: Fault, { people, call }: Target): boolean {
  if (fault.person !== undefined && !people.includes(fault.person)) return false;
  return !('on' in fault) || call === undefined || fault.on === 'both' || fault.on === call;
}
