/** What the probes of all platforms make of a response. */
import { type Got, RequestError } from 'got';
import { bad, type Finding, good } from './checks.ts';

/** Resolves to its finding. Throws `RequestError` when nothing responds. */
export type Probe = (web: Got) => Promise<Finding>;

/** Returns what a check that got no response found. Rethrows other errors. */
export function noResponse(name: string): (error: unknown) => Finding {
  return (error) => {
    if (!(error instanceof RequestError)) throw error;
    return bad(name, `no response: ${error.code}`, 'Is the address right, and the service running?');
  };
}

/** Returns the finding of a request that must be refused. */
export function refused(name: string, status: number): Finding {
  return status === 403
    ? good(name, 'refused with 403')
    : bad(
        name,
        `is answered with ${status} instead of 403`,
        'Anyone could send messages in the name of others.',
      );
}

export function shorten(text: string): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
