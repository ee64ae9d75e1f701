import { createRequire } from 'node:module';

type Colour = readonly number[];

interface FrameOptions {
  /** The one of the first frame is that of the file. */
  readonly palette?: readonly Colour[];
  readonly transparent?: boolean;
  readonly transparentIndex?: number;
  /** Milliseconds. */
  readonly delay?: number;
  /** 1: the next frame is drawn over this one (GIF89a, "Disposal Method"). */
  readonly dispose?: number;
}

interface Encoder {
  writeFrame(index: Uint8Array, width: number, height: number, options: FrameOptions): void;
  finish(): void;
  bytes(): Uint8Array;
}

interface Gifenc {
  GIFEncoder(): Encoder;
  quantize(rgba: Uint8Array, maxColours: number): Colour[];
  applyPalette(rgba: Uint8Array, palette: readonly Colour[]): Uint8Array;
}

// Node and Vitest import its CommonJS build differently.
const require = createRequire(import.meta.url);

/** gifenc 1.0, which has no types of its own: what is used of it, as its README describes it. */
export const gifenc: Gifenc = require('gifenc');
