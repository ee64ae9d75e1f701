import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type AnsariOptions, createAnsariAssistant } from '../assistants/ansari.ts';
import { withCircuitBreaker } from '../assistants/circuit-breaker.ts';
import { createEchoAssistant } from '../assistants/echo.ts';
import { ofOneBusiness } from '../assistants/of-one-business.ts';
import { createOpenAiAssistant } from '../assistants/openai.ts';
import { systemClock as clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { BusinessId } from '../domain/business.ts';
import { Unavailable } from '../domain/errors.ts';
import type { Log } from '../log.ts';
import type { Counters } from '../metrics.ts';
import type { Assistant } from '../ports/assistant.ts';
import type { AssistantSettings, Business } from '../ports/businesses.ts';
import type { Tracer } from '../ports/tracer.ts';
import { observeAssistant } from '../reporting/observe-assistant.ts';
import { traceAssistant } from '../tracing/trace-assistant.ts';
import { traceparentOf } from '../tracing/traceparent.ts';

/** One that was dropped is created again with its next turn; only its circuit breaker begins anew. */
const MAX_OWN_ASSISTANTS = 1_000;
/** Settings are looked up again after minutes. */
const UNUSABLE_RETRY_MS = 60_000;

interface Observed {
  readonly log: Pick<Log, 'warn'>;
  readonly metrics: Counters;
  readonly tracer: Tracer;
  readonly now: () => number;
}

interface OwnAssistant {
  readonly key: string;
  readonly assistant: Assistant;
}

/**
 * Returns the function that chooses a business's assistant: the deployment's, or its own, which is created once for its
 * settings. Each has a circuit breaker of its own, so that one which rejects every call stops no other.
 */
export function assistantsFor(
  config: Pick<Config, 'assistant' | 'openAiUrl' | 'telemetry'>,
  observed: Observed,
): (business: Pick<Business, 'id' | 'settings'>) => Assistant {
  const { openAiUrl } = config;
  const headersOfCall = traceparentOf(config.telemetry !== undefined);
  const create = (settings: AssistantSettings) =>
    creating(settings, { openAiUrl, headersOfCall, log: observed.log });
  const shared = guarded(create(settingsOf(config.assistant)), observed);
  const own = new LRUCache<BusinessId, OwnAssistant>({ max: MAX_OWN_ASSISTANTS });

  return ({ id, settings: { assistant: settings } }) => {
    if (settings === undefined) return shared;
    const known = own.get(id);
    if (known?.key === settings.key) return known.assistant;
    const assistant = ofOneBusiness(guarded(create(usable(settings)), observed));
    own.set(id, { key: settings.key, assistant });
    return assistant;
  };
}

/** The circuit breaker is the outer wrapper: only calls that are made are measured. */
function guarded(assistant: Assistant, observed: Observed): Assistant {
  return withCircuitBreaker(traceAssistant(observeAssistant(assistant, observed), observed), clock);
}

function settingsOf(assistant: Config['assistant']): AssistantSettings {
  const key = 'deployment';
  if (assistant.kind === 'echo') return { kind: 'echo', key };
  const apiKey = () => assistant.apiKey;
  if (assistant.kind === 'ansari') return { ...assistant, key, apiKey };
  const { instructions = '', ...rest } = assistant;
  return { ...rest, instructions, key, apiKey };
}

interface CreateOptions extends Pick<AnsariOptions, 'headersOfCall'> {
  readonly openAiUrl: string;
  readonly log: Pick<Log, 'warn'>;
}

function creating(settings: AssistantSettings, { openAiUrl, headersOfCall, log }: CreateOptions): Assistant {
  switch (settings.kind) {
    case 'ansari': {
      const { url: serverUrl, apiKey } = settings;
      return createAnsariAssistant({ serverUrl, apiKey, clock, headersOfCall });
    }
    case 'openai': {
      const { url: apiUrl = openAiUrl, apiKey, model, instructions = '' } = settings;
      const onNoConversations = () =>
        log.warn('the assistant has no memory between turns: its server keeps no conversations');
      return createOpenAiAssistant({
        ...{ apiUrl, apiKey, model, instructions, clock, onNoConversations },
        newId: randomUUID,
        headersOfCall,
      });
    }
    case 'echo':
      return createEchoAssistant({ newId: randomUUID });
  }
}

/** Throws `Unavailable` for settings without which no call can be made. */
function usable(settings: AssistantSettings): AssistantSettings {
  const { kind } = settings;
  if (kind === 'ansari' && !URL.canParse(settings.url)) throw unusable(kind, 'url');
  if (kind === 'openai' && settings.model.trim() === '') throw unusable(kind, 'model');
  if (kind === 'openai' && settings.url !== undefined && !URL.canParse(settings.url))
    throw unusable(kind, 'url');
  return settings;
}

function unusable(kind: string, name: string): Unavailable {
  return new Unavailable(`the business has an assistant of kind ${kind} without a usable ${name}`, {
    ...{ scope: 'business', code: 'assistant-settings', alarm: 'assistant-refused' },
    retryAfterMs: UNUSABLE_RETRY_MS,
  });
}
