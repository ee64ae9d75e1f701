import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';
import type { Delivery } from '../domain/message.ts';
import type { Business } from './businesses.ts';

/** A POST of a platform, unmodified. */
export interface WebhookRequest {
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Returns whether whoever signed a delivery may deliver for the business. Throws `Unavailable` as `appSecrets` does. */
export type Covers = (business: Business) => boolean;

/**
 * `escaped`: the signature matches an escaped form of the body, not its bytes. `covers` is absent when there is one signer
 * for all businesses. `reason` is logged and holds no secret.
 */
export type Verification =
  | { readonly ok: true; readonly escaped?: boolean; readonly covers?: Covers }
  | { readonly ok: false; readonly reason: string };

/** `text` is returned unchanged, as `text/plain`. */
export type Challenge =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: 400 | 403; readonly message: string };

/** The inbound half of a channel: the requests of its platform. */
export interface WebhookChannel {
  /** The current path first, then older ones. */
  readonly paths: readonly string[];
  /** A larger body is rejected before it is read. */
  readonly maxBodyBytes: number;
  /** The response to a genuine request that is no delivery. 200: the platform does not repeat it. */
  readonly unreadableStatus: 200 | 400;
  /**
   * Checks that the platform sent the request. Must be called before the body is parsed. Returns a promise only when the
   * signer has to be looked up. Throws `Unavailable` when that is not possible now: the platform has to repeat the request.
   */
  verify(request: WebhookRequest): Verification | Promise<Verification>;
  /**
   * Returns the content of the request; undefined when it is no delivery of this platform. Unknown items become notices. Never
   * throws. `receivedAt`, in milliseconds since 1970, replaces missing timestamps.
   */
  parse(request: WebhookRequest, receivedAt: number): Delivery | undefined;
  /** The body of the response to a stored delivery. Absent: the JSON of this service. */
  readonly storedBody?: { readonly type: string; readonly text: string };
  /** Responds to a GET that verifies the webhook's URL. Absent if the platform sends none. */
  readonly challenge?: (query: ParsedUrlQuery) => Challenge;
}
