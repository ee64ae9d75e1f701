import {
  type CallTimeouts,
  createJsonClient,
  type JsonClientOptions,
  type JsonResponse,
} from '../../http-client/json-calls.ts';

export type GraphTimeouts = CallTimeouts;
export type GraphResponse = JsonResponse;

/** `url` contains the version: `https://graph.facebook.com/v25.0`. */
export type GraphClientOptions = Pick<JsonClientOptions, 'url' | 'timeouts' | 'clock' | 'http'>;

interface GraphCall {
  readonly path: string;
  readonly accessToken: string;
  readonly body: object;
  readonly signal?: AbortSignal | undefined;
}

/** Posts once. Resolves and rejects as `CallJson` does. */
export type PostToGraph = (call: GraphCall) => Promise<GraphResponse>;

export function createGraphClient(options: GraphClientOptions): PostToGraph {
  const call = createJsonClient({ name: 'Meta', ...options });
  return ({ path, accessToken, body, signal }) =>
    call({ method: 'POST', path, headers: { authorization: `Bearer ${accessToken}` }, json: body, signal });
}
