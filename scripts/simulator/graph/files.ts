import { BadRequest } from '../bad-request.ts';
import { readForm } from '../http/body.ts';
import type { Media } from '../media.ts';
import type { SimulatorOptions } from '../options.ts';
import type { Call, Endpoint } from './call.ts';
import type { Json } from './check.ts';
import { GraphError } from './errors.ts';
import { kindOfMime, MAX_UPLOAD_BYTES, maxBytesOf, UPLOADABLE } from './uploads.ts';

/** Allowance for the other fields and the headers of the form. */
const FORM_OVERHEAD_BYTES = 64_000;

/** The endpoints of media: upload, URL, deletion. */
export function createFiles(options: SimulatorOptions, media: Media) {
  /** `POST /{number}/media`. */
  async function upload({ ctx }: Call): Promise<Json> {
    const form = await readForm(ctx.req, MAX_UPLOAD_BYTES + FORM_OVERHEAD_BYTES).catch((error: unknown) => {
      const message = error instanceof BadRequest ? error.message : 'the upload cannot be read';
      throw new GraphError(100, { message });
    });
    if (form.get('messaging_product') !== 'whatsapp')
      throw new GraphError(100, { message: 'The parameter messaging_product is required.' });
    const file = form.get('file');
    if (!(file instanceof File)) throw new GraphError(100, { message: 'The parameter file is required.' });
    // The older field `type` stands in when the file has no type of its own.
    const type = form.get('type');
    const mime = file.type || (typeof type === 'string' ? type : '');
    if (kindOfMime(mime).length === 0) {
      const message = `Param file must be a file with one of the following types: ${UPLOADABLE.join(', ')}. Received file of type '${mime.slice(0, 100)}'.`;
      throw new GraphError(100, { message });
    }
    if (file.size === 0) throw new GraphError(131053, { details: 'The file is empty.' });
    if (file.size > maxBytesOf(mime))
      throw new GraphError(131053, {
        details: `A file of type ${mime} has at most ${maxBytesOf(mime)} bytes.`,
      });
    const bytes = Buffer.from(await file.arrayBuffer());
    return { id: media.add({ mime, bytes, ...(file.name ? { name: file.name } : {}) }).id };
  }

  /** `GET` and `DELETE /{media id}`. Returns undefined when the file does not exist. */
  const file: Endpoint = ({ method, id, edge, query }) => {
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
      url: media.urlOf(found),
      mime_type: mime,
      // Hexadecimal here, base64 in webhooks.
      sha256: sha256.toString('hex'),
      file_size: bytes.length,
      id,
    };
  };

  return { upload, file };
}
