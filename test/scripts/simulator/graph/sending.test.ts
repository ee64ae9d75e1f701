import { expect, test } from 'vitest';
import { AMINA, call, graph, startWithApp, text } from '../start-with-app.ts';

const LINK = 'https://example.org/file';
const BODY = { text: 'Well?' };
const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } });
const rows = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `r${i}`, title: `Row ${i}` }));
const interactive = (type: string, action: Record<string, unknown>, more: Record<string, unknown> = {}) => ({
  interactive: { type, body: BODY, action, ...more },
});
const url = { name: 'cta_url', parameters: { display_text: 'Open', url: LINK } };
const flow = { flow_message_version: '3', flow_id: '1', flow_cta: 'Open', flow_token: 't' };
const name = { formatted_name: 'A Friend', first_name: 'A' };
const greeting = { name: 'welcome_back', language: { code: 'en' } };
const toAmina = [{ type: 'body', parameters: [{ type: 'text', text: 'Amina' }] }];

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['image', { image: { link: LINK, caption: 'c'.repeat(1_024) } }, { kind: 'image', link: LINK }],
  ['video', { video: { link: LINK } }, { kind: 'video' }],
  ['document', { document: { link: LINK, filename: 'a.pdf' } }, { kind: 'document', name: 'a.pdf' }],
  ['audio', { audio: { link: LINK, voice: true } }, { kind: 'audio' }],
  ['sticker', { sticker: { link: LINK } }, { kind: 'sticker' }],
  ['location', { location: { latitude: '21.4', longitude: 39.8 } }, { kind: 'location', latitude: 21.4 }],
  [
    'contacts',
    { contacts: [{ name, org: null, birthday: null }] },
    { kind: 'contacts', names: ['A Friend'] },
  ],
  [
    'interactive',
    interactive(
      'button',
      { buttons: [reply('y', 'Yes')] },
      { header: { type: 'text', text: 'H' }, footer: { text: 'F' } },
    ),
    { header: 'H', footer: 'F', taps: [{ sends: 'button', label: 'Yes', id: 'y' }] },
  ],
  [
    'interactive',
    interactive(
      'button',
      { buttons: [reply('y', 'Yes')] },
      { header: { type: 'image', image: { link: LINK } } },
    ),
    { picture: { kind: 'image', link: LINK } },
  ],
  [
    'interactive',
    interactive('list', { button: 'Topics', sections: [{ title: 'One', rows: rows(10) }] }),
    { taps: [{ sends: 'list', label: 'Topics' }] },
  ],
  ['interactive', interactive('cta_url', url), { taps: [{ sends: 'nothing', label: 'Open', url: LINK }] }],
  [
    'interactive',
    interactive('flow', { name: 'flow', parameters: flow }),
    { taps: [{ sends: 'flow', token: 't' }] },
  ],
  [
    'interactive',
    interactive('location_request_message', { name: 'send_location' }),
    { taps: [{ sends: 'location' }] },
  ],
  [
    'template',
    { template: { ...greeting, components: toAmina } },
    {
      text: 'Peace be with you, Amina. Do you want to go on where we were?',
      taps: [{ sends: 'quick_reply' }, {}],
    },
  ],
])('a message of type %s is accepted: %o', async (type, more, content) => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');
  const answer = await graph(simulator, text('', { type, text: undefined, ...more }));
  expect([answer.status, answer.body.error]).toEqual([200, undefined]);
  const chat = await fetch(`${simulator.url}/control/chats/${AMINA}`);
  expect(await chat.json()).toMatchObject({ bubbles: [{}, { by: 'business', content }] });
});

test.each<[number, string, Record<string, unknown>, RegExp]>([
  [131008, 'image', {}, /image is missing/],
  [131008, 'image', { image: {} }, /needs an id or a link/],
  [131009, 'image', { image: { id: '1', link: LINK } }, /both/],
  [131009, 'image', { image: { id: '1' } }, /1 is not a valid whatsapp business account media attachment ID/],
  [131009, 'image', { image: { link: 'javascript:1' } }, /not a valid URI/],
  [
    100,
    'image',
    { image: { link: LINK, caption: 'c'.repeat(1_025) } },
    /Param image\['caption'\] must be at most 1024/,
  ],
  [100, 'audio', { audio: { link: LINK, caption: 'c' } }, /Unexpected key "caption" on param "audio"/],
  [131009, 'location', { location: { latitude: 91, longitude: 0 } }, /from -90 to 90/],
  [131008, 'location', { location: { latitude: 1 } }, /longitude/],
  [131008, 'contacts', { contacts: [{ name: { formatted_name: 'A' } }] }, /first_name/],
  [131009, 'contacts', { contacts: [] }, /Min allowed contacts: 1/],
  [131009, 'reaction', { reaction: { message_id: 'wamid.none', emoji: '👍' } }, /not a message of this chat/],
  [131009, 'reaction', { reaction: { message_id: 'wamid.none', emoji: 'no' } }, /one emoji/],
  [131009, 'interactive', interactive('poll', {}), /must be one of: button, list/],
  [
    131009,
    'interactive',
    interactive('button', { buttons: [] }),
    /Min allowed buttons: 1, Max allowed buttons: 3/,
  ],
  [
    131009,
    'interactive',
    interactive('button', { buttons: 'abcd'.split('').map((a) => reply(a, a)) }),
    /Max allowed buttons: 3/,
  ],
  [
    131009,
    'interactive',
    interactive('button', { buttons: [reply('a', 'b'.repeat(21))] }),
    /Button title length invalid/,
  ],
  [
    131009,
    'interactive',
    interactive('button', { buttons: [reply('a', 'b'), reply('a', 'c')] }),
    /Duplicated button id/,
  ],
  [
    131009,
    'interactive',
    interactive('button', { buttons: [reply('a', 'b')] }, { body: { text: 'b'.repeat(1_025) } }),
    /Body text length invalid\. Min length: 1, Max length: 1024/,
  ],
  [131008, 'interactive', interactive('button', { buttons: [reply('a', 'b')] }, { body: undefined }), /body/],
  [
    131009,
    'interactive',
    interactive('button', { buttons: [reply('a', 'b')] }, { footer: { text: 'f'.repeat(61) } }),
    /Footer text/,
  ],
  [
    131009,
    'interactive',
    interactive('list', {
      button: 'b',
      sections: [
        { title: 'a', rows: rows(6) },
        { title: 'b', rows: rows(5) },
      ],
    }),
    /Total row count exceed max allowed count: 10/,
  ],
  [
    131008,
    'interactive',
    interactive('list', { button: 'b', sections: [{ rows: rows(1) }, { rows: rows(1) }] }),
    /title/,
  ],
  [
    131009,
    'interactive',
    interactive('list', { button: 'b', sections: [{ rows: [{ id: 'a', title: 'b'.repeat(25) }] }] }),
    /Row title/,
  ],
  [
    131009,
    'interactive',
    interactive(
      'list',
      { button: 'b', sections: [{ rows: rows(1) }] },
      { header: { type: 'image', image: { link: LINK } } },
    ),
    /cannot be image/,
  ],
  [
    131009,
    'interactive',
    interactive('flow', { name: 'flow', parameters: { ...flow, flow_message_version: '2' } }),
    /must be 3/,
  ],
  [132001, 'template', { template: { name: 'nothing', language: { code: 'en' } } }, /nothing/],
  [132000, 'template', { template: greeting }, /\(0\) does not match the expected number of params \(1\)/],
  [131009, 'text', { text: { body: 'hi' }, context: 'wamid' }, /context must be an object/],
])('%i: %s %j', async (code, type, more, problem) => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');
  const { body } = await graph(simulator, text('', { type, text: undefined, ...more }));
  expect(body.error?.code).toBe(code);
  expect(JSON.stringify(body.error).replaceAll('\\"', '"')).toMatch(problem);
  expect(simulator.replies.list()).toEqual([]);
});

test('a template is accepted for a person who has not written for a day, not for an unknown one', async () => {
  const [simulator] = await startWithApp();
  simulator.addPerson({ phone: AMINA });
  const template = { type: 'template', template: { name: 'hello_world', language: { code: 'en_US' } } };
  expect((await graph(simulator, text('hi'))).body.error?.code).toBe(131047);
  const answer = await graph(simulator, text('', template));
  expect([answer.status, answer.body.messages]).toMatchObject([200, [{ message_status: 'accepted' }]]);
  expect((await graph(simulator, text('', { ...template, to: '15559999999' }))).body.error?.code).toBe(
    131026,
  );
});

test('a new template is listed, sent and deleted', async () => {
  const [simulator] = await startWithApp();
  simulator.say(AMINA, 'salam');
  const path = 'v25.0/200000000000002/message_templates';
  const made = {
    name: 'mine',
    language: 'ar',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'سلام' }],
  };
  expect(await call(simulator, 'POST', path, made)).toMatchObject({
    status: 200,
    body: { status: 'APPROVED' },
  });
  const send = () =>
    graph(simulator, text('', { type: 'template', template: { name: 'mine', language: { code: 'ar' } } }));
  expect((await send()).status).toBe(200);
  expect(simulator.replies.list(AMINA)).toMatchObject([{ text: 'سلام', kind: 'template' }]);
  expect((await call(simulator, 'DELETE', `${path}?name=mine`)).body).toEqual({ success: true });
  expect((await send()).body.error?.code).toBe(132001);
  expect(await call(simulator, 'POST', path, { name: 'A B' })).toMatchObject({ status: 400 });
});

test('a reply of the business has the id of the message, and a send to the business itself is rejected', async () => {
  const [simulator] = await startWithApp();
  const message_id = simulator.say(AMINA, 'salam');
  await graph(simulator, text('to you', { context: { message_id } }));
  const chat = await fetch(`${simulator.url}/control/chats/${AMINA}`);
  expect(await chat.json()).toMatchObject({ bubbles: [{}, { to: message_id }] });
  expect((await graph(simulator, text('hi', { to: '15550009999' }))).body.error?.code).toBe(131021);
});
