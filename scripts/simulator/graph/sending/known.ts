import type { Media } from '../../media.ts';
import type { Templates } from '../templates.ts';

/** What messages refer to. */
export interface Known {
  readonly media: Media;
  readonly templates: Templates;
}
