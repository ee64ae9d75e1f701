/** Asks the Graph API for a number, which shows whether a token is valid and may use the number. */
import { z } from 'zod';
import { refusalError } from '../../app/channels/meta/errors.ts';
import { systemClock as clock } from '../../app/clock.ts';
import { Refused, Unavailable } from '../../app/domain/errors.ts';
import { createHttpClient } from '../../app/http-client/client.ts';
import { parseJson } from '../../app/json.ts';

/** `refused`: the token is not valid. `not allowed`: it is valid, and may not use the number. */
export type GraphState = 'valid' | 'refused' | 'not allowed' | 'not checked';

interface Checked {
  readonly state: GraphState;
  readonly detail: string;
}

const numberSchema = z.object({ id: z.string() });
const errorSchema = z.object({ error: z.object({ code: z.number() }) });

/** Returns a function that never throws for what Graph does. `url` has the version. */
export function graphCheck(url: string): (number: string, accessToken: string) => Promise<Checked> {
  const call = createHttpClient({ name: 'Meta', url, clock });
  return async (number, accessToken) => {
    const headers = { authorization: `Bearer ${accessToken}` };
    try {
      const response = await call({ method: 'GET', path: `/${number}`, query: { fields: 'id' }, headers });
      return judge(number, response.status, parseJson(await response.text()));
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return { state: 'not checked', detail: error.message };
    }
  };
}

function judge(number: string, status: number, body: unknown): Checked {
  if (status === 200 && numberSchema.safeParse(body).data?.id === number)
    return { state: 'valid', detail: '' };
  const code = errorSchema.safeParse(body).data?.error.code;
  const detail = `Meta responded with HTTP ${status}${code === undefined ? '' : `, code ${code}`}`;
  const refusal = refusalError({ status, ...(code !== undefined && { code }), cause: new Error(detail) });
  if (refusal instanceof Unavailable && refusal.alarm === 'token-refused')
    return { state: 'refused', detail };
  return { state: refusal instanceof Refused ? 'not allowed' : 'not checked', detail };
}
