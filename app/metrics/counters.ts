import type { BusinessId } from '../domain/business.ts';
import type { Scope } from '../domain/errors.ts';
import type { Message } from '../domain/message.ts';
import type { Pricing } from '../domain/pricing.ts';
import type { Progress } from '../domain/progress.ts';
import type { TokenUsage } from '../domain/usage.ts';
import type { Acceptance, Forgotten } from '../ports/store.ts';

/** `unreadable`: signed, but not JSON or no envelope. `refused`: too large, encoded or cut off. */
export type DeliveryOutcome = 'stored' | 'not_stored' | 'unsigned' | 'unreadable' | 'refused';
/**
 * `escaped`: valid only over the body with escaped non-ASCII characters; see the channel's signature. `unchecked`: the
 * signer could not be looked up.
 */
type SignatureResult = 'good' | 'escaped' | 'bad' | 'unchecked';
/**
 * `silent`: no reply was needed, or possible. `limited`: the person reached the daily limit of questions. `postponed`: the
 * business is at a limit of its own. `buried`: given up, counted once for each turn; `apologised`: the person got the apology. `repeated`: parts that WhatsApp reported as
 * failed after the turn's end were sent again.
 */
type TurnOutcome =
  | 'answered'
  | 'silent'
  | 'limited'
  | 'postponed'
  | 'retried'
  | 'buried'
  | 'apologised'
  | 'repeated'
  | 'lost';
/**
 * `unknown`: may have been sent. `failed`: accepted, and reported as failed later. `repeated`: sent again, because no
 * status resolved the first send, or because one reported it as failed.
 */
type PartOutcome = 'sent' | 'refused' | 'unavailable' | 'unknown' | 'failed' | 'repeated';
/**
 * How a send of unknown outcome ended. `status`: the platform reported on the part. `found`: the platform was asked, and has
 * it. `resent`: nothing resolved it in time. `given_up`: the turn was given up before.
 */
export type UnknownSendEnd = 'status' | 'found' | 'resent' | 'given_up';
/**
 * How far a turn is. `claimed`: a worker has it. `first_byte`: of the assistant's answer. `written`: the reply is stored.
 * `first_part`: the platform has accepted the first part. `delivered`: the first part that is reported as delivered.
 */
export type TurnStage = 'claimed' | 'first_byte' | 'written' | 'first_part' | 'delivered';

export interface Counters {
  delivery(outcome: DeliveryOutcome): void;
  /** From the first byte of a delivery's body to the response that says it is stored. */
  acceptedAfter(ms: number): void;
  signature(result: SignatureResult): void;
  /** `foreign`: for a number of another service. */
  message(kind: Message['content']['kind'], acceptance: Acceptance['outcome'] | 'foreign'): void;
  notice(what: string, times?: number): void;
  status(progress: Progress): void;
  turn(outcome: TurnOutcome): void;
  /** The business's turns wait for an operator until this time (milliseconds since 1970); undefined: no longer. */
  paused(business: BusinessId, until: number | undefined): void;
  /** A conversation was handed to a person of the business. */
  handOff(by: 'assistant' | 'operator'): void;
  part(outcome: PartOutcome): void;
  /** Why a send did not succeed, or failed later. `code`: of a bounded set. */
  sendError(outcome: 'refused' | 'unavailable' | 'failed', code: string): void;
  unknownSend(end: UnknownSendEnd): void;
  /** A send waited this long for a limit of the platform, or was put off for as long. */
  rateLimitWait(scope: Scope, ms: number): void;
  /** From the time when a wake-up was due, or was sent, to the start of its work. */
  wakeUpAge(ms: number): void;
  /** From the oldest message of a turn, by the platform's clock. */
  turnStage(stage: TurnStage, ms: number): void;
  /** A part was delivered at this price. */
  pricedPart(pricing: Pick<Pricing, 'category' | 'billable'>): void;
  assistantTook(ms: number): void;
  /** What the assistant's model read and wrote. */
  tokens(usage: TokenUsage): void;
  /** From the first message of a turn to its last part. */
  answeredAfter(ms: number): void;
  /** The retention job ran and deleted so many texts and rows. */
  forgotten(deleted: Pick<Forgotten, 'texts' | 'rows'>): void;
}
