export const NO_ANSWER = 'The simulator does not answer; trying again.';

/** Calls the simulator: POST with a body, otherwise GET. Rejects with an error with the message of the response. */
export async function ask(path, body, method = body ? 'POST' : 'GET') {
  const request = { method, ...(body ? { body: JSON.stringify(body) } : {}) };
  const response = await fetch(`/control/${path}`, request).catch((cause) => {
    throw new Error(NO_ANSWER, { cause });
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The simulator answered ${response.status} to ${path}.`);
  return answer;
}

/** Calls `handlers[event]` with each event, and `onLost` while the simulator does not respond. */
export function listen(handlers, onLost) {
  const events = new EventSource('/control/events');
  for (const [event, react] of Object.entries(handlers)) {
    events.addEventListener(event, ({ data }) => react(JSON.parse(data)));
  }
  events.addEventListener('error', onLost);
}
