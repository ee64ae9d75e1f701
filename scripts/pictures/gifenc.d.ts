/** gifenc 1.0 has no types of its own; these are the functions that are used here, as its README describes them. */
declare module 'gifenc' {
  type Colour = readonly number[];
  interface FrameOptions {
    /** Of this frame; the one of the first frame is that of the file. */
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
  const gifenc: {
    GIFEncoder(): Encoder;
    quantize(rgba: Uint8Array, maxColours: number): Colour[];
    applyPalette(rgba: Uint8Array, palette: readonly Colour[]): Uint8Array;
  };
  export default gifenc;
}
