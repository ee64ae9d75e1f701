import { PNG } from 'pngjs';
import { gifenc } from './gifenc.ts';

/** A picture of a recording. `png`: the file. */
export interface Frame {
  readonly png: Buffer;
  /** How long it is shown. */
  readonly ms: number;
}

const COLOURS = 127;

/**
 * Returns the frames as an animated GIF that repeats. A frame holds only the pixels that differ from the one before it, which
 * are few on a page. All frames have the size of the first one.
 */
export function gifOf(frames: readonly Frame[]): Uint8Array {
  const images = frames.map(({ png }) => PNG.sync.read(png));
  const palette = paletteOf(images);
  const transparentIndex = palette.length;
  const withTransparent = [...palette, [0, 0, 0]];
  const encoder = gifenc.GIFEncoder();
  let before: Uint8Array | undefined;
  for (const [at, { data, width, height }] of images.entries()) {
    const pixels = gifenc.applyPalette(data, palette);
    const drawn = pixels.map((colour, pixel) => (before?.[pixel] === colour ? transparentIndex : colour));
    before = pixels;
    encoder.writeFrame(drawn, width, height, {
      ...(at === 0 ? { palette: withTransparent } : {}),
      ...(at === 0 ? {} : { transparent: true, transparentIndex }),
      delay: frames[at]?.ms ?? 0,
      dispose: 1,
    });
  }
  encoder.finish();
  return encoder.bytes();
}

/** One palette for all: of the pixels that change, and of the first frame. */
function paletteOf(images: readonly PNG[]): number[][] {
  const [first, ...others] = images;
  if (first === undefined) throw new Error('a recording has at least one frame');
  const last = others.at(-1) ?? first;
  const middle = others[Math.floor(others.length / 2)] ?? first;
  const all = new Uint8Array(Buffer.concat([first.data, middle.data, last.data]));
  return gifenc.quantize(all, COLOURS).map((colour) => [...colour]);
}
