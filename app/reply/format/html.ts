import { decodeHTMLAttribute } from 'entities';
import type { Marker } from '../markup.ts';
import type { Height } from './raised.ts';

/** The effect of a tag in a chat. `nothing`: it is dropped. `text`: it is not an HTML tag. */
export type Tag =
  | { readonly kind: 'nothing' | 'quote' | 'cell' | 'endOfLine' | 'endOfLink' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'row'; readonly opens: boolean }
  | { readonly kind: 'raised'; readonly height: Height | undefined }
  | { readonly kind: 'opens' | 'closes'; readonly marker: Marker }
  | { readonly kind: 'link'; readonly target: string };

const MARKERS: Readonly<Record<string, Marker>> = {
  b: '*',
  strong: '*',
  i: '_',
  em: '_',
  cite: '_',
  s: '~',
  del: '~',
  strike: '~',
  code: '`',
  kbd: '`',
  samp: '`',
  tt: '`',
};

const ENDS_LINE = new Set(
  `address article aside blockquote br caption center dd details div dl dt fieldset figcaption figure footer form h1 h2
   h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead ul`.split(/\s+/),
);

const SILENT = new Set(
  `abbr acronym audio base bdi bdo big body button col colgroup data dfn font head html iframe img input ins
   label legend link map mark meta object optgroup option param picture progress rp rt ruby script select small
   source span style svg template textarea time title track u var video wbr`.split(/\s+/),
);

/**
 * Parses one tag or declaration. A name that HTML does not have (`List<String>`) is text: dropping it would lose a word.
 */
export function readTag(raw: string): Tag {
  const match = /^<(\/?)([a-z][a-z0-9-]*)([^>]*)>/i.exec(raw);
  if (!match) return raw.startsWith('<!') ? { kind: 'nothing' } : { kind: 'text', text: raw };
  const closing = match[1] === '/';
  const name = (match[2] ?? '').toLowerCase();
  const marker = Object.hasOwn(MARKERS, name) ? MARKERS[name] : undefined;
  if (marker) return { kind: closing ? 'closes' : 'opens', marker };
  if (name === 'sup' || name === 'sub') {
    return { kind: 'raised', height: closing ? undefined : name === 'sup' ? 'above' : 'below' };
  }
  if (name === 'q') return { kind: 'quote' };
  if (name === 'tr') return { kind: 'row', opens: !closing };
  if (name === 'td' || name === 'th') return { kind: closing ? 'endOfLine' : 'cell' };
  if (ENDS_LINE.has(name)) return { kind: 'endOfLine' };
  if (name === 'a') return closing ? { kind: 'endOfLink' } : linkOf(match[3] ?? '');
  return SILENT.has(name) ? { kind: 'nothing' } : { kind: 'text', text: raw };
}

function linkOf(attributes: string): Tag {
  const target = /\bhref\s*=\s*["']?((?:https?:\/\/|www\.)[^\s"'>]+)/i.exec(attributes)?.[1];
  return target === undefined ? { kind: 'nothing' } : { kind: 'link', target: decodeHTMLAttribute(target) };
}
