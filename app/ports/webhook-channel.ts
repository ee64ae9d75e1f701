import type { IncomingHttpHeaders } from 'node:http';
import type { ParsedUrlQuery } from 'node:querystring';
import type { ChannelName, Delivery } from '../domain/message.ts';

/** A POST of a platform, as it came. */
interface WebhookRequest {
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** `escaped`: genuine over another form of the body than the bytes as they came. `reason` holds no secret: it is logged. */
export type Verification =
  | { readonly ok: true; readonly escaped?: boolean }
  | { readonly ok: false; readonly reason: string };

/** `text` is sent back as it is, as `text/plain`. */
export type Challenge =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly status: 400 | 403; readonly message: string };

/** The inbound half of a channel: how its platform calls us. Pure; does no I/O. */
export interface WebhookChannel {
  readonly name: ChannelName;
  /** The current one first, then older names of it. */
  readonly paths: readonly string[];
  /** A larger body is refused before it is read. */
  readonly maxBodyBytes: number;
  /** For a genuine request that is no delivery. 200: the platform does not send it again. */
  readonly unreadableStatus: 200 | 400;
  /** Whether the platform sent the request. It comes before anything is believed about the body. */
  verify(request: WebhookRequest): Verification;
  /**
   * Returns everything that the body holds; undefined when it is no delivery of this platform. What is unknown in it becomes
   * a notice; never throws. `receivedAt`, in milliseconds since 1970, stands in for missing timestamps.
   */
  parse(body: Buffer, receivedAt: number): Delivery | undefined;
  /** Answers a GET with which the platform checks that the address is ours. Absent: the platform does not ask. */
  readonly challenge?: (query: ParsedUrlQuery) => Challenge;
}
