import type { BusinessContent, Tap } from '../../content/business.ts';
import { isJson, type Json, object, text } from '../check.ts';
import { GraphError, invalid } from '../errors.ts';
import type { Template } from '../templates.ts';
import type { Known } from './known.ts';

const PLACE = /\{\{[A-Za-z0-9_]+\}\}/g;

/** A template that exists, with as many parameters as it has places. */
export function readTemplate(json: Json, { templates }: Known): BusinessContent {
  const name = text(json, 'name', 'template', { most: 512 });
  const language = text(object(json, 'language', 'template'), 'code', "template['language']", { most: 10 });
  const template = templates.find(name, language);
  if (!template) {
    throw new GraphError(132001, { details: `template name (${name}) does not exist in ${language}` });
  }
  const header = partOf(template, 'HEADER');
  const footer = partOf(template, 'FOOTER')?.text;
  return {
    kind: 'template',
    text: filled(partOf(template, 'BODY')?.text ?? '', parametersOf(json, 'body'), 'body'),
    ...(header?.text ? { header: filled(header.text, parametersOf(json, 'header'), 'header') } : {}),
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

/** The words that take the places of a component; other kinds of parameters count as well. */
function parametersOf(json: Json, type: string): string[] {
  const component = componentsOf(json).find((one) => String(one.type).toLowerCase() === type);
  const parameters = component?.parameters;
  return Array.isArray(parameters) ? parameters.filter(isJson).map(({ text }) => String(text ?? '…')) : [];
}

function filled(words: string, parameters: readonly string[], part: string): string {
  const places = new Set(words.match(PLACE)).size;
  if (parameters.length !== places) {
    const details = `${part}: number of localizable_params (${parameters.length}) does not match the expected number of params (${places})`;
    throw new GraphError(132000, { details });
  }
  const given = new Map(
    [...new Set(words.match(PLACE))].map((place, index) => [place, parameters[index] ?? '']),
  );
  return words.replace(PLACE, (place) => given.get(place) ?? place);
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
    (one) => String(one.type).toLowerCase() === 'button' && String(one.index) === String(index),
  );
  const [parameter] = Array.isArray(button?.parameters) ? button.parameters : [];
  return isJson(parameter) && typeof parameter.payload === 'string' ? parameter.payload : undefined;
}
