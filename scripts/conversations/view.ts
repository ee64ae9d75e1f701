/** A conversation as the commands print it: no text, masked identities, times as ISO 8601. */
import { type ConversationStatus, statusOf } from '../../app/conversation/status.ts';
import { businessOf } from '../../app/domain/business.ts';
import { activeHandOff } from '../../app/domain/conversation.ts';
import type { Person } from '../../app/domain/message.ts';
import type { ShownConversation, ShownPart } from '../../app/ports/store.ts';
import { maskedIdentity } from '../operations/mask.ts';

interface HandOffView {
  readonly by: string;
  readonly since: string;
  readonly until: string;
  readonly reason?: string | undefined;
}

export interface PartView extends Omit<ShownPart, 'triedAt' | 'failures'> {
  readonly triedAt?: string | undefined;
  readonly failures?: readonly string[] | undefined;
}

/** `undefined` is left out of JSON. */
export interface View {
  readonly id: string;
  readonly status: ConversationStatus;
  readonly business: string;
  readonly channel: string;
  readonly number: string;
  readonly person: Person;
  readonly lastAt: string;
  readonly waiting: number;
  readonly waitingSince: string | undefined;
  readonly leaseUntil: string | undefined;
  readonly retryAt: string | undefined;
  readonly handOff: HandOffView | undefined;
  readonly optedOutAt: string | undefined;
  readonly noticeAt: string | undefined;
  readonly inboundAt: string | undefined;
  readonly language: string | undefined;
  readonly thread: { readonly lastAt: string; readonly questions: number | undefined } | undefined;
  readonly turn:
    | {
        readonly id: string;
        readonly isOpen: boolean;
        readonly attempts: number;
        readonly messages: number;
        readonly newestAt: string;
        readonly gaveUpReason: string | undefined;
        readonly parts: readonly PartView[] | undefined;
      }
    | undefined;
  readonly deadLetter:
    | { readonly turnId: string; readonly reason: string; readonly gaveUpAt: string }
    | undefined;
}

/** `asked`: the identity that the operator named, which is shown in full. A hand-off that is over is left out. */
export function viewOf(shown: ShownConversation, now: number, asked?: string): View {
  const { conversation, turn, deadLetter } = shown;
  const { id, channel, number, thread, language, standing = {} } = conversation;
  const handOff = activeHandOff(standing, now);
  return {
    ...{ id, status: statusOf(shown, now), business: businessOf(id), channel, number },
    person: maskedPerson(conversation.person, asked),
    lastAt: iso(shown.lastAt),
    waiting: shown.waiting,
    waitingSince: optional(shown.waitingSince),
    leaseUntil: optional(shown.leaseUntil),
    retryAt: optional(shown.retryAt),
    handOff: handOff && {
      ...{ by: handOff.by, since: iso(handOff.since), until: iso(handOff.until) },
      reason: handOff.reason,
    },
    optedOutAt: optional(standing.optedOutAt),
    noticeAt: optional(standing.noticeAt),
    inboundAt: optional(standing.inboundAt),
    language,
    thread: thread && { lastAt: iso(thread.lastAt), questions: thread.questions },
    turn: turn && {
      ...{ id: turn.id, isOpen: turn.isOpen, attempts: turn.attempts, messages: turn.messages },
      newestAt: iso(turn.newestAt),
      gaveUpReason: turn.gaveUpReason,
      parts: turn.parts?.map((part) => ({ ...part, triedAt: optional(part.triedAt) })),
    },
    deadLetter: deadLetter && { ...deadLetter, gaveUpAt: iso(deadLetter.gaveUpAt) },
  };
}

/** Returns why the conversation is in its state, in the order in which an operator needs it. */
export function reasonsOf(view: View): string[] {
  const { handOff, optedOutAt, leaseUntil, retryAt, turn, deadLetter, waiting, waitingSince } = view;
  const failed = turn?.parts?.find(({ progress }) => progress === 'failed');
  const attempts = `${turn?.attempts} attempt(s)`;
  const because = handOff?.reason === undefined ? '' : `: ${onOneLine(handOff.reason)}`;
  return [
    ...(leaseUntil === undefined ? [] : [`a worker has it until ${leaseUntil}`]),
    ...(turn?.isOpen ? [`${turn.messages} message(s) in an open turn, ${attempts}`] : []),
    ...(retryAt === undefined ? [] : [`next attempt at ${retryAt}`]),
    ...(failed === undefined ? [] : [`a part failed: ${failed.code ?? 'no code'}`]),
    ...(optedOutAt === undefined ? [] : [`opted out at ${optedOutAt}`]),
    ...(handOff === undefined
      ? []
      : [`handed off by the ${handOff.by} from ${handOff.since} until ${handOff.until}${because}`]),
    ...(waiting === 0 ? [] : [`${waiting} message(s) wait since ${waitingSince}`]),
    ...(deadLetter === undefined
      ? []
      : [`dead letter ${deadLetter.turnId} of ${deadLetter.gaveUpAt}: ${onOneLine(deadLetter.reason)}`]),
  ];
}

/** The sentence of a model must not look like lines of this command, nor move the cursor. */
function onOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

function maskedPerson({ phone, userId }: Person, asked: string | undefined): Person {
  return {
    ...(phone !== undefined && { phone: masked(phone, asked) }),
    ...(userId !== undefined && { userId: masked(userId, asked) }),
  };
}

/** Returns the last three characters, unless it is the identity that was asked for. */
function masked(identity: string, asked: string | undefined): string {
  return identity === asked ? identity : maskedIdentity(identity);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function optional(at: number | undefined): string | undefined {
  return at === undefined ? undefined : iso(at);
}
