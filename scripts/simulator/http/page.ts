import { readFile } from 'node:fs/promises';
import type { Context, Next } from 'koa';

const FILES = new Map([
  ['/', 'index.html'],
  ...[
    'page.css',
    'chat.css',
    'content.css',
    'actions.css',
    'composer.css',
    'elements.js',
    'icon.svg',
    'icons.svg',
    'main.js',
    'talk.js',
    'log.js',
    'bubble.js',
    'markup.js',
    'side.js',
    'person.js',
    'composer.js',
    'contents.js',
    'actions.js',
    'taps.js',
  ].map((file) => [`/${file}`, file] as const),
]);

/** Returns true for the path of a file of the page. */
export function isPage(path: string): boolean {
  return FILES.has(path);
}

/** Serves only the files of the page. Reads them each time, so that an edit shows on reload. */
export async function servePage(ctx: Context, next: Next): Promise<void> {
  const file = FILES.get(ctx.path);
  if (file === undefined || !['GET', 'HEAD'].includes(ctx.method)) return next();
  ctx.set('content-security-policy', "default-src 'self'; frame-ancestors 'none'");
  ctx.set('cache-control', 'no-cache');
  ctx.type = file.slice(file.lastIndexOf('.'));
  ctx.body = await readFile(new URL(`../page/${file}`, import.meta.url));
}
