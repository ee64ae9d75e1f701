import type { BusinessContent, Tap } from '../../content/business.ts';
import { isJson, type Json, object, text } from '../check.ts';
import { GraphError, invalid } from '../errors.ts';
import type { Template } from '../templates.ts';
import type { StoredObjects } from './stored-objects.ts';

const PLACEHOLDER = /\{\{[A-Za-z0-9_]+\}\}/g;

/** Reads a template message. The template must exist and have as many placeholders as there are parameters. */
export function readTemplate(json: Json, { templates }: StoredObjects): BusinessContent {
  const name = text(json, 'name', 'template', { max: 512 });
  const language = text(object(json, 'language', 'template'), 'code', "template['language']", { max: 10 });
  const template = templates.find(name, language);
  if (!template) {
    throw new GraphError(132001, { details: `template name (${name}) does not exist in ${language}` });
  }
  const header = partOf(template, 'HEADER');
  const footer = partOf(template, 'FOOTER')?.text;
  return {
    kind: 'template',
    text: fill(partOf(template, 'BODY')?.text ?? '', parametersOf(json, 'body'), 'body'),
    ...(header?.text ? { header: fill(header.text, parametersOf(json, 'header'), 'header') } : {}),
    ...(footer ? { footer } : {}),
    taps: tapsOf(template, json),
  };
}

function partOf({ components }: Template, type: string) {
  return components.find((component) => component.type === type);
}

function componentsOf(json: Json): Json[] {
  const { components } = json;
  if (components == null) return [];
  if (!Array.isArray(components) || !components.every(isJson))
    throw invalid("template['components'] must be a list");
  return components;
}

/** Returns the texts for the placeholders of a component. Parameters of other kinds count as well. */
function parametersOf(json: Json, type: string): string[] {
  const component = componentsOf(json).find(({ type: name }) => String(name).toLowerCase() === type);
  const parameters = component?.parameters;
  return Array.isArray(parameters) ? parameters.filter(isJson).map(({ text }) => String(text ?? '…')) : [];
}

function fill(text: string, parameters: readonly string[], part: string): string {
  const count = new Set(text.match(PLACEHOLDER)).size;
  if (parameters.length !== count) {
    const details = `${part}: number of localizable_params (${parameters.length}) does not match the expected number of params (${count})`;
    throw new GraphError(132000, { details });
  }
  const values = new Map(
    [...new Set(text.match(PLACEHOLDER))].map((placeholder, index) => [placeholder, parameters[index] ?? '']),
  );
  return text.replace(PLACEHOLDER, (placeholder) => values.get(placeholder) ?? placeholder);
}

function tapsOf(template: Template, json: Json): Tap[] {
  const buttons = partOf(template, 'BUTTONS')?.buttons ?? [];
  return buttons.map(({ type, text: label, url }, index) => {
    if (type.toUpperCase() === 'QUICK_REPLY') {
      return { sends: 'quick_reply', label, id: payloadOf(json, index) ?? label };
    }
    return { sends: 'nothing', label, ...(url === undefined ? {} : { url }) };
  });
}

function payloadOf(json: Json, index: number): string | undefined {
  const button = componentsOf(json).find(
    ({ type, index: position }) =>
      String(type).toLowerCase() === 'button' && String(position) === String(index),
  );
  const [parameter] = Array.isArray(button?.parameters) ? button.parameters : [];
  return isJson(parameter) && typeof parameter.payload === 'string' ? parameter.payload : undefined;
}
