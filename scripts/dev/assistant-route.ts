import { VARIABLES } from '../../app/config/variables.ts';
import { ASSISTANT_PATH } from '../simulator/assistant/path.ts';

/**
 * Returns the environment of an app whose calls of its assistant go through the simulator, and the address that they are
 * meant for.
 */
export function throughSimulator(
  environment: NodeJS.ProcessEnv,
  simulatorUrl: string,
): { readonly environment: NodeJS.ProcessEnv; readonly assistantUrl: string } {
  const name = environment.ASSISTANT?.trim() === 'openai' ? 'OPENAI_API_URL' : 'BACKEND_SERVER_URL';
  const fallback = VARIABLES.find((variable) => variable.name === name)?.default ?? '';
  const set = environment[name]?.trim() ?? '';
  return {
    environment: { ...environment, [name]: `${simulatorUrl}${ASSISTANT_PATH}` },
    assistantUrl: set === '' ? String(fallback) : set,
  };
}
