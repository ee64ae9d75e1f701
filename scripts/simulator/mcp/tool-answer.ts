interface ToolAnswer {
  content: { type: 'text'; text: string }[];
  [name: string]: unknown;
}

/** Returns a result of a tool: a text as it is, anything else as JSON. */
export function answer(value: unknown): ToolAnswer {
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
  return { content: [{ type: 'text', text }] };
}
