import type { Row, Tap } from '../../content/business.ts';
import { address, distinct, type Json, maybeText, object, objects, text } from '../check.ts';
import { invalid, missing } from '../errors.ts';

const MAX_LABEL_LENGTH = 20;
const MAX_ROWS = 10;

/** Reads the action of each interactive type into what the person can tap. Limits: Meta, "Interactive object". */
export const ACTIONS: ReadonlyMap<string, (action: Json) => readonly Tap[]> = new Map([
  ['button', buttons],
  ['list', list],
  ['cta_url', link],
  ['flow', flow],
  ['location_request_message', constant('send_location', { sends: 'location', label: 'Send location' })],
  [
    'request_contact_info',
    constant('request_contact_info', { sends: 'contacts', label: 'Share contact info' }),
  ],
  [
    'call_permission_request',
    constant('call_permission_request', { sends: 'nothing', label: 'Allow calls' }),
  ],
  ['voice_call', constant('voice_call', { sends: 'nothing', label: 'Call' })],
  ['catalog_message', constant('catalog_message', { sends: 'order', label: 'View catalogue' })],
  ['product', product],
  ['product_list', products],
  ['carousel', carousel],
]);

function buttons(action: Json): readonly Tap[] {
  const taps = objects(action, 'buttons', 'action', [1, 3]).map((button, index) => {
    const path = `action['buttons'][${index}]`;
    if (button.type !== 'reply') throw invalid(`${path}['type'] must be one of: reply`);
    const reply = object(button, 'reply', path);
    const label = text(reply, 'title', `${path}['reply']`, { max: MAX_LABEL_LENGTH, called: 'Button title' });
    return {
      sends: 'button',
      label,
      id: text(reply, 'id', `${path}['reply']`, { max: 256, called: 'Button id' }),
    } as const;
  });
  distinct(
    taps.map(({ id }) => id),
    'button',
  );
  return taps;
}

function list(action: Json): readonly Tap[] {
  const label = text(action, 'button', 'action', { max: MAX_LABEL_LENGTH, called: 'Button label' });
  const sections = objects(action, 'sections', 'action', [1, MAX_ROWS]);
  const rows = sections.flatMap((section, index) => readSection(section, index, sections.length > 1));
  if (rows.length > MAX_ROWS) throw invalid(`Total row count exceed max allowed count: ${MAX_ROWS}`);
  distinct(
    rows.map(({ id }) => id),
    'row',
  );
  return [{ sends: 'list', label, rows }];
}

function readSection(section: Json, index: number, isOneOfMany: boolean): Row[] {
  const path = `action['sections'][${index}]`;
  const title = maybeText(section, 'title', path, { max: 24, called: 'Section title' });
  if (isOneOfMany && title === undefined) throw missing(`${path}['title'] is missing`);
  return objects(section, 'rows', path, [1, MAX_ROWS]).map((row, rowIndex) => {
    const rowPath = `${path}['rows'][${rowIndex}]`;
    const description = maybeText(row, 'description', rowPath, { max: 72, called: 'Row description' });
    return {
      ...(title === undefined ? {} : { section: title }),
      id: text(row, 'id', rowPath, { max: 200, called: 'Row id' }),
      title: text(row, 'title', rowPath, { max: 24, called: 'Row title' }),
      ...(description === undefined ? {} : { description }),
    };
  });
}

function link(action: Json): readonly Tap[] {
  expectName(action, 'cta_url');
  const parameters = object(action, 'parameters', 'action');
  const path = "action['parameters']";
  const label = text(parameters, 'display_text', path, { max: MAX_LABEL_LENGTH, called: 'Display text' });
  return [{ sends: 'nothing', label, url: address(parameters, 'url', path) }];
}

function flow(action: Json): readonly Tap[] {
  expectName(action, 'flow');
  const parameters = object(action, 'parameters', 'action');
  const path = "action['parameters']";
  if (String(parameters.flow_message_version) !== '3')
    throw invalid(`${path}['flow_message_version'] must be 3`);
  if (parameters.flow_id == null && parameters.flow_name == null)
    throw missing(`${path} needs a flow_id or a flow_name`);
  const token = maybeText(parameters, 'flow_token', path, { max: 200 });
  const label = text(parameters, 'flow_cta', path, { max: 30, called: 'Flow CTA' });
  return [{ sends: 'flow', label, ...(token === undefined ? {} : { token }) }];
}

function product(action: Json): readonly Tap[] {
  text(action, 'catalog_id', 'action', { max: 100 });
  text(action, 'product_retailer_id', 'action', { max: 100 });
  return [{ sends: 'order', label: 'View product' }];
}

function products(action: Json): readonly Tap[] {
  text(action, 'catalog_id', 'action', { max: 100 });
  objects(action, 'sections', 'action', [1, 10]).map((section, index) =>
    objects(section, 'product_items', `action['sections'][${index}]`, [1, 30]),
  );
  return [{ sends: 'order', label: 'View items' }];
}

function carousel(action: Json): readonly Tap[] {
  const cards = objects(action, 'cards', 'action', [2, 10]);
  return cards.map((_card, index) => ({ sends: 'nothing', label: `Card ${index + 1}` }));
}

function constant(name: string, tap: Tap): (action: Json) => readonly Tap[] {
  return (action) => {
    expectName(action, name);
    return [tap];
  };
}

function expectName(action: Json, name: string): void {
  if (action.name !== name) throw invalid(`action['name'] must be one of: ${name}`);
}
