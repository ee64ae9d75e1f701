import { BadRequest } from '../bad-request.ts';
import { readForm } from '../http/body.ts';
import type { Media } from '../media.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Answer, Call } from './call.ts';
import type { Json } from './check.ts';
import { GraphError } from './errors.ts';
import { kindOfMime, LARGEST_UPLOAD, mostBytes, UPLOADABLE } from './uploads.ts';

/** For the frame of the form around the file. */
const FRAME_BYTES = 64_000;

/** What the calls about media answer: upload, address, deletion. */
export function createFiles(options: SimulatorOptions, media: Media) {
  /** `POST /{number}/media`. */
  async function upload({ ctx }: Call): Promise<Json> {
    const form = await readForm(ctx.req, LARGEST_UPLOAD + FRAME_BYTES).catch((error: unknown) => {
      const message = error instanceof BadRequest ? error.message : 'the upload cannot be read';
      throw new GraphError(100, { message });
    });
    if (form.get('messaging_product') !== 'whatsapp')
      throw new GraphError(100, { message: 'The parameter messaging_product is required.' });
    const file = form.get('file');
    if (!(file instanceof File)) throw new GraphError(100, { message: 'The parameter file is required.' });
    // `type` is the older name of what the file itself tells.
    const type = form.get('type');
    const mime = file.type || (typeof type === 'string' ? type : '');
    if (kindOfMime(mime).length === 0) {
      const message = `Param file must be a file with one of the following types: ${UPLOADABLE.join(', ')}. Received file of type '${mime.slice(0, 100)}'.`;
      throw new GraphError(100, { message });
    }
    if (file.size === 0) throw new GraphError(131053, { details: 'The file is empty.' });
    if (file.size > mostBytes(mime))
      throw new GraphError(131053, {
        details: `A file of type ${mime} has at most ${mostBytes(mime)} bytes.`,
      });
    const bytes = Buffer.from(await file.arrayBuffer());
    return { id: media.add({ mime, bytes, ...(file.name ? { name: file.name } : {}) }).id };
  }

  /** `GET` and `DELETE /{media id}`; undefined when there is no such file. */
  const file: Answer = ({ method, id, edge, query }) => {
    const found = edge === '' ? media.find(id) : undefined;
    const { phone_number_id: number } = query;
    if (!found || (number !== undefined && number !== options.number)) return undefined;
    if (method === 'DELETE') {
      media.remove(id);
      return { success: true };
    }
    if (method !== 'GET') return undefined;
    const { mime, bytes, sha256 } = found;
    return {
      messaging_product: 'whatsapp',
      url: media.addressOf(found),
      mime_type: mime,
      // In hexadecimal here, in base64 in webhooks.
      sha256: sha256.toString('hex'),
      file_size: bytes.length,
      id,
    };
  };

  return { upload, file };
}
