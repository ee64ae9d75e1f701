import type { Media } from '../../media.ts';
import type { Templates } from '../templates.ts';

/** The objects that messages refer to. */
export interface StoredObjects {
  readonly media: Media;
  readonly templates: Templates;
}
