/** What the page asks of the simulator: POST when there is something to say, else GET. Throws what went wrong. */
export async function ask(path, body) {
  const response = await fetch(`/control/${path}`, body && { method: 'POST', body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** Calls `heard[event]` with each thing that happens; `lost` while the simulator does not answer. */
export function listen(heard, lost) {
  const events = new EventSource('/control/events');
  for (const [event, react] of Object.entries(heard)) {
    events.addEventListener(event, ({ data }) => react(JSON.parse(data)));
  }
  events.addEventListener('error', lost);
}
