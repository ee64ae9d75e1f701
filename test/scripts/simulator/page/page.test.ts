import { expect, onTestFinished } from 'vitest';
import { twilioClient } from '../../../fakes/twilio-client.ts';
import { startWebhookApp, type WebhookApp } from '../../../fakes/webhook-app.ts';
import { AMINA, graph, text } from '../start-with-app.ts';
import { startTwilio } from '../twilio/start-twilio.ts';
import { DESKTOP, HIDDEN, inBrowser, look, open, PEOPLE, PHONE, useBrowser, write } from './open-page.ts';

useBrowser();

async function lastMessageId(app: WebhookApp): Promise<string> {
  const deliveries = await app.until(1, ({ messages }) => messages.length > 0);
  return String(deliveries.at(-1)?.messages.at(-1)?.id);
}

inBrowser('what the app printed before it ended stands in the page until it responds', async () => {
  const { simulator, page } = await open();
  const trouble = page.locator('#trouble');
  simulator.receive({ kind: 'app-trouble', text: 'The app ended with code 1.\nconst = ;\n      ^' });
  await expect.poll(() => trouble.textContent()).toBe('The app ended with code 1.\nconst = ;\n      ^');
  expect(await page.evaluate("getComputedStyle(document.querySelector('#trouble')).whiteSpace")).toContain(
    'pre',
  );
  // Also for a page that is opened later.
  await page.reload();
  await expect.poll(() => trouble.textContent()).toContain('const = ;');
  simulator.receive({ kind: 'app-trouble', text: '' });
  await trouble.waitFor({ state: 'hidden' });
});

inBrowser('a conversation has ticks, a typing indicator and a reply that is read', async () => {
  const { simulator, app, page } = await open();
  await write(page, 'Salam');
  await page.locator('.mine .ticks.delivered').waitFor();

  const message_id = await lastMessageId(app);
  const receipt = {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id,
    typing_indicator: { type: 'text' },
  };
  await graph(simulator, receipt);
  await page.locator('.mine .ticks.read').waitFor();
  await page.locator('.typing').waitFor();

  await graph(simulator, text('*Peace* be with you', { biz_opaque_callback_data: 'k' }));
  await page.locator('.theirs strong', { hasText: 'Peace' }).waitFor();
  await page.locator('.typing').waitFor({ state: 'detached' });
  const [delivery] = await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'read'));
  expect(delivery?.statuses).toMatchObject([{ biz_opaque_callback_data: 'k' }]);
  expect(await page.locator('.theirs .ticks').count()).toBe(0);
  expect(await page.locator('.theirs footer').innerText()).toMatch(/^[0-9]{1,2}:[0-9]{2}( [AP]M)?$/);
});

inBrowser('text of a message is never interpreted as HTML', async () => {
  const { simulator, page } = await open();
  simulator.say(AMINA, 'salam');
  const evil =
    '<img src=x onerror="document.title=1"> *<b>x</b>* javascript:alert(1)\n> </blockquote><script>1</script>';
  await graph(simulator, text(evil));
  simulator.addPerson({ name: '<u>Eve</u>', phone: '15550000666' });

  await page.locator('.theirs').waitFor();
  await page.getByText('<u>Eve</u>').waitFor({ state: 'attached' });
  expect(await page.locator('.theirs .words').innerText()).toBe(
    '<img src=x onerror="document.title=1"> <b>x</b> javascript:alert(1)\n\n</blockquote><script>1</script>',
  );
  expect(await page.locator('img, b, u, .bubble a, .bubble script').count()).toBe(0);
});

inBrowser('each paragraph has the direction of its own text', async () => {
  const { simulator, page } = await open();
  simulator.say(AMINA, 'السلام عليكم');
  await graph(simulator, text('وعليكم السلام\n- رخصة\nRead more'));
  await page.locator('.theirs').waitFor();
  const directions = await page
    .locator('.words > *')
    .evaluateAll((all: { matches(css: string): boolean }[]) =>
      all.map((one) => (one.matches(':dir(rtl)') ? 'rtl' : 'ltr')),
    );
  expect(directions).toEqual(['rtl', 'rtl', 'rtl', 'ltr']);
});

inBrowser('people can be switched and added, and a reply to another person is unread', async () => {
  const { simulator, app, page } = await open({}, { viewport: DESKTOP });
  await page.getByRole('link', { name: /Noor/ }).click();
  await page.getByText('on the phone of Noor').waitFor();
  await write(page, 'without a number');
  expect((await app.until(1, () => true))[0]?.messages).toMatchObject([{ from_user_id: HIDDEN }]);

  await page.getByText('Add a person').click();
  await page.getByLabel('Name', { exact: true }).fill('Yusuf');
  await page.getByLabel('Phone number', { exact: true }).fill('+1 555 000-0001');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Amina has this phone number already').waitFor();
  await page.getByLabel('Phone number', { exact: true }).fill('+1 555 000-0009');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('on the phone of Yusuf').waitFor();
  expect(await page.locator('.bubble').count()).toBe(0);

  await graph(simulator, text('hello', { to: undefined, recipient: HIDDEN }));
  await page.getByRole('link', { name: /Noor hello unread/ }).click();
  await app.until(1, ({ statuses }) => statuses.some(({ status }) => status === 'read'));
  await page.getByRole('img', { name: 'unread' }).waitFor({ state: 'hidden' });
});

inBrowser(
  'other kinds of content are sent from the menu, and a reaction is shown on its bubble',
  async () => {
    const { simulator, app, page } = await open();
    const menu = page.getByRole('button', { name: 'Send something else' });
    await menu.click();
    expect(await page.getByRole('menuitem', { name: /^Reaction/ }).isDisabled()).toBe(true);
    await page.getByRole('menuitem', { name: 'Image' }).click();
    expect((await app.until(1, () => true))[0]?.messages).toMatchObject([{ type: 'image' }]);
    await page.locator('.mine', { hasText: 'Image' }).waitFor();

    const { body } = await graph(simulator, text('words, please'));
    await page.locator('.theirs').waitFor();
    await menu.click();
    await page.getByRole('menuitem', { name: /^Reaction/ }).click();
    await page.locator('.theirs .reaction').waitFor();
    const [reaction] = await app.until(1, ({ messages }) => messages.some(({ type }) => type === 'reaction'));
    expect(reaction?.messages).toMatchObject([
      { reaction: { message_id: body.messages[0]?.id, emoji: '👍' } },
    ]);
  },
);

inBrowser('an interactive message is answered with a tap, and the answer quotes it', async () => {
  const { simulator, app, page } = await open();
  simulator.say(AMINA, 'salam');
  const interactive = (type: string, action: Record<string, unknown>) =>
    graph(
      simulator,
      text('', { type: 'interactive', interactive: { type, body: { text: 'Well?' }, action } }),
    );
  const buttons = [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }];
  const asked = await interactive('button', { buttons });
  await page.getByRole('button', { name: 'Yes' }).click();
  const [tapped] = await app.until(1, ({ messages }) => messages.some(({ type }) => type === 'interactive'));
  expect(tapped?.messages).toMatchObject([
    {
      context: { from: '15550009999', id: asked.body.messages[0]?.id },
      interactive: { type: 'button_reply', button_reply: { id: 'y', title: 'Yes' } },
    },
  ]);
  await page.locator('.mine .quote', { hasText: 'Well?' }).waitFor();

  await interactive('list', { button: 'Topics', sections: [{ rows: [{ id: 'a', title: 'Prayer' }] }] });
  await page.getByText('Topics').click();
  await page.getByRole('button', { name: 'Prayer' }).click();
  const [, chosen] = await app.until(2, ({ messages }) =>
    messages.some(({ type }) => type === 'interactive'),
  );
  expect(chosen?.messages).toMatchObject([{ interactive: { list_reply: { id: 'a', title: 'Prayer' } } }]);
});

inBrowser('a message is edited, deleted and replied to from its menu', async () => {
  const { simulator, app, page } = await open();
  await write(page, 'wrong word');
  await page.locator('.mine', { hasText: 'wrong word' }).hover();
  const menu = page.getByRole('button', { name: 'What to do with this message' });
  await menu.click();
  await page.getByRole('menuitem', { name: 'Edit', exact: true }).click();
  await write(page, 'right word');
  await page.locator('.mine', { hasText: 'right word' }).getByText('edited').waitFor();
  await menu.click();
  await page.getByRole('menuitem', { name: 'Delete for everyone' }).click();
  await page.getByText('You deleted this message').waitFor();

  const { body } = await graph(simulator, text('peace'));
  await page.locator('.theirs').hover();
  await menu.click();
  await page.getByRole('menuitem', { name: 'Reply' }).click();
  await write(page, 'to that');
  await page.locator('.mine .quote', { hasText: 'peace' }).waitFor();
  await simulator.idle();
  const [first, edit, revoke, reply] = app.taken.flatMap(({ messages }) => messages);
  expect(edit).toMatchObject({ type: 'edit', edit: { original_message_id: first?.id } });
  expect(revoke).toMatchObject({ type: 'revoke', revoke: { original_message_id: first?.id } });
  expect(reply).toMatchObject({ context: { id: body.messages[0]?.id }, text: { body: 'to that' } });
});

inBrowser('a phone number can be changed, and the chat continues with the new one', async () => {
  const { app, page } = await open({}, { viewport: DESKTOP });
  await page.getByText('This person: Amina').click();
  await page.getByLabel('New phone number').fill('15550000077');
  await page.getByRole('button', { name: 'Change number' }).click();
  await page.locator('#log').getByText(`User Amina changed from ${AMINA} to 15550000077`).waitFor();
  await page.getByText('+15550000077').waitFor();
  await write(page, 'still me');
  const [delivery] = await app.until(1, ({ messages }) => messages.some(({ type }) => type === 'text'));
  expect(delivery?.messages).toMatchObject([{ from: '15550000077', text: { body: 'still me' } }]);
});

inBrowser('the page shows when the app does not respond, and when it responds again', async () => {
  const away = await startWebhookApp();
  await away.close();
  const { page } = await open({ webhookUrl: away.url });
  await write(page, 'anybody there?');
  await page.getByRole('status').getByText('The webhook app does not answer; trying again.').waitFor();

  const back = await startWebhookApp(Number(new URL(away.url).port));
  onTestFinished(back.close);
  back.answers.push(503);
  await page.locator('#trouble').waitFor({ state: 'hidden' });
  await page.locator('.mine .ticks.delivered').waitFor();
});

inBrowser('faults can be started, listed and ended; the challenge is sent', async () => {
  const { simulator, page } = await open({}, { viewport: DESKTOP });
  await page.getByRole('tab', { name: 'Faults and time' }).click();
  await page.getByLabel('What goes wrong').selectOption({ label: 'Too much to this person: 131056' });
  await page.getByLabel('How often').selectOption('three times');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('list', { name: 'Faults that are active' }).getByText('131056').waitFor();
  expect(simulator.faults.list()).toMatchObject([{ kind: 'refuse', code: 131056, next: 3 }]);
  await graph(simulator, text('refused'));
  await page.getByText('131056 (2 more)').waitFor();
  await page.getByLabel('What goes wrong').selectOption({ label: 'Something went wrong: 131000' });
  await page.getByLabel('How often').selectOption('once');
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('button', { name: 'End: Something went wrong: 131000 (once)' }).click();
  await expect.poll(() => simulator.faults.list()).toMatchObject([{ kind: 'refuse', code: 131056 }]);
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('button', { name: 'End all faults' }).click();
  await expect.poll(() => simulator.faults.list()).toEqual([]);

  await page.getByLabel('This phone is off').check();
  await page.getByText('on the phone of Amina, which is off').waitFor();

  await page.getByRole('button', { name: 'Verify' }).click();
  await page.getByText('It answered with the challenge.').waitFor();
});

inBrowser('over Twilio the page has what Twilio has', async () => {
  const [simulator, app] = await startTwilio({ people: PEOPLE });
  const page = await look(simulator, { viewport: DESKTOP });
  await write(page, 'Salam');
  await page.locator('.mine .ticks.delivered').waitFor();
  expect(app.taken).toMatchObject([{ isGenuine: true, fields: { Body: 'Salam' } }]);
  await twilioClient(simulator.url).messages.create({
    from: 'whatsapp:+14155238886',
    to: `whatsapp:+${AMINA}`,
    body: '*Peace* be with you',
    statusCallback: `${app.url}/whatsapp/twilio?part=k`,
  });
  await page.locator('.theirs strong', { hasText: 'Peace' }).waitFor();
  await app.until(1, ({ fields }) => fields.MessageStatus === 'read');

  await page.getByRole('button', { name: 'Send something else' }).click();
  await page.getByRole('menuitem', { name: 'Location' }).waitFor();
  expect(await page.getByRole('menuitem', { name: 'Order' }).count()).toBe(0);
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'Faults and time' }).click();
  expect(await page.getByRole('button', { name: 'Verify' }).isVisible()).toBe(false);
  await page.getByLabel('What goes wrong').selectOption({ label: 'Too much from this number: 63018' });
  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await page.getByRole('list', { name: 'Faults that are active' }).getByText('63018').waitFor();
  expect(simulator.faults.list()).toMatchObject([{ kind: 'refuse', code: 63018, next: 1 }]);
});

inBrowser('the page fits on a phone and on a desktop, and every control has a name', async () => {
  const { simulator, page } = await open();
  simulator.say(AMINA, `https://example.org/${'long'.repeat(200)}`);
  await graph(simulator, text(`\`\`\`\n${'wide '.repeat(80)}\n\`\`\``));
  await page.locator('.theirs').waitFor();
  for (const size of [PHONE, DESKTOP]) {
    await page.setViewportSize(size);
    const findings = await page.evaluate(`({
      tooWide: document.documentElement.scrollWidth - innerWidth,
      chatTooWide: document.querySelector('#log').scrollWidth - document.querySelector('#log').clientWidth,
      nameless: [...document.querySelectorAll('button, input, select, textarea')].filter((control) =>
        !(control.ariaLabel || control.textContent.trim() || control.labels?.[0]?.textContent.trim())).length,
    })`);
    expect(findings).toEqual({ tooWide: 0, chatTooWide: 0, nameless: 0 });
  }
});
