/** The path under which the app reaches its assistant. */
export const ASSISTANT_PATH = '/assistant';

export function isAssistantPath(path: string): boolean {
  return path === ASSISTANT_PATH || path.startsWith(`${ASSISTANT_PATH}/`);
}
