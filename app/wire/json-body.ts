export interface JsonBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/**
 * A JSON body to send by `stream.end(bytes)`. got 16.1.0 must not be given it as `json` or `body`: it then ends the
 * question one turn of the event loop after its last byte, and destroys a call whose answer began in between
 * (`_finalizeStaleChunkedWrite`). The shorter the way and the busier the program, the more often.
 */
export function jsonBody(value: unknown): JsonBody {
  const bytes = Buffer.from(JSON.stringify(value));
  return { headers: { 'content-type': 'application/json', 'content-length': String(bytes.length) }, bytes };
}
