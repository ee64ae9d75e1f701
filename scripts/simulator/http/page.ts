import { readFile } from 'node:fs/promises';
import type { Context, Next } from 'koa';

const FILES = new Map([
  ['/', 'index.html'],
  ...[
    'colors.css',
    'page.css',
    'side.css',
    'tools.css',
    'chat.css',
    'bubble.css',
    'content.css',
    'taps.css',
    'actions.css',
    'composer.css',
    'panel.css',
    'timeline.css',
    'hop.css',
    'inside.css',
    'icon.svg',
    'icons.svg',
    'main.js',
    'talk.js',
    'trouble.js',
    'address.js',
    'people.js',
    'side.js',
    'faults.js',
    'fault-kinds.js',
    'app-process.js',
    'clock.js',
    'person.js',
    'recordings.js',
    'log.js',
    'follow.js',
    'announce.js',
    'bubble.js',
    'contents.js',
    'markup.js',
    'elements.js',
    'taps.js',
    'roving.js',
    'menu.js',
    'actions.js',
    'press.js',
    'composer.js',
    'happened.js',
    'panel.js',
    'remember.js',
    'timeline.js',
    'groups.js',
    'rows.js',
    'steps.js',
    'hop.js',
    'body-text.js',
    'duration.js',
    'inside.js',
    'conversation.js',
  ].map((file) => [`/${file}`, file] as const),
]);

/** Files of the page itself, and nothing else: no inline code, no frames, no forms that leave it. */
const POLICY = [
  "default-src 'none'",
  ...['script', 'style', 'img', 'media', 'connect'].map((kind) => `${kind}-src 'self'`),
  ...['base-uri', 'form-action', 'frame-ancestors'].map((kind) => `${kind} 'none'`),
].join('; ');

/** Returns true for the path of a file of the page. */
export function isPage(path: string): boolean {
  return FILES.has(path);
}

/** Serves only the files of the page. Reads them each time, so that an edit shows on reload. */
export async function servePage(ctx: Context, next: Next): Promise<void> {
  const file = FILES.get(ctx.path);
  if (file === undefined || !['GET', 'HEAD'].includes(ctx.method)) return next();
  ctx.set('content-security-policy', POLICY);
  ctx.set('cache-control', 'no-cache');
  ctx.type = file.slice(file.lastIndexOf('.'));
  ctx.body = await readFile(new URL(`../page/${file}`, import.meta.url));
}
