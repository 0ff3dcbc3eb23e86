/**
 * A picture with lines of text as bitmap updates (MS-RDPBCGR 2.2.9.1.1.3.1.2) of 16 bits a pixel,
 * compressed by interleaved RLE (3.1.9) with two orders only: runs of a colour, and pixels as they are.
 */
import { concat } from '../../src/bytes/bytes.ts';
import { encode, enumeration, type Infer, rest, uint16 } from '../../src/layout/codec.ts';
import { array, countOf, lengthOf, struct } from '../../src/layout/structures.ts';
import { GLYPH_COLUMNS, GLYPH_ROWS, hasDot } from './glyphs.ts';

const UpdateType = {
  UPDATETYPE_ORDERS: 0,
  UPDATETYPE_BITMAP: 1,
  UPDATETYPE_PALETTE: 2,
  UPDATETYPE_SYNCHRONIZE: 3,
} as const;

/** MS-RDPBCGR 2.2.9.1.1.3.1.2.2. */
export const TS_BITMAP_DATA = struct('TS_BITMAP_DATA', {
  destLeft: uint16,
  destTop: uint16,
  destRight: uint16,
  destBottom: uint16,
  width: uint16,
  height: uint16,
  bitsPerPixel: uint16,
  flags: uint16,
  bitmapLength: lengthOf('bitmapDataStream'),
  bitmapDataStream: rest,
});

export const TS_UPDATE_BITMAP_DATA = struct('TS_UPDATE_BITMAP_DATA', {
  updateType: enumeration(uint16, 'UINT16', UpdateType),
  numberRectangles: countOf('rectangles'),
  rectangles: array(TS_BITMAP_DATA),
});

const BITMAP_COMPRESSION = 0x0001;
const NO_BITMAP_COMPRESSION_HDR = 0x0400;
export const BITS_PER_PIXEL = 16;

/** MS-RDPBCGR 2.2.9.1.1.3.1.2.4. */
const MEGA_MEGA_COLOR_RUN = 0xf3;
const MEGA_MEGA_COLOR_IMAGE = 0xf4;
const RUN_MAX = 0xffff;
/** Shorter runs cost more than the pixels themselves. */
const RUN_MIN = 4;
/** A PDU stays below what PER counts in one piece. */
const UPDATE_MAX = 12_000;

/** RGB 5-6-5. */
const BACKGROUND = 0x0192;
const TEXT = 0xffff;
/** A dot is so many pixels wide and high. */
const SCALE = 2;
const CELL = (GLYPH_COLUMNS + 1) * SCALE;
const LINE = (GLYPH_ROWS + 3) * SCALE;
const MARGIN = 32;
const STRIP = 16;

type Rectangle = Infer<typeof TS_BITMAP_DATA>;

/** @param pixels rows from the lowest up, as bitmaps have them */
function compressed(pixels: Uint16Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let plain = 0;
  const flush = (end: number): void => {
    if (end === plain) return;
    const image = new Uint8Array(3 + (end - plain) * 2);
    image.set([MEGA_MEGA_COLOR_IMAGE, (end - plain) & 0xff, (end - plain) >> 8]);
    for (let at = plain; at < end; at++) {
      const pixel = pixels[at] as number;
      image.set([pixel & 0xff, pixel >> 8], 3 + (at - plain) * 2);
    }
    parts.push(image);
  };
  for (let at = 0; at < pixels.length; ) {
    const pixel = pixels[at] as number;
    let end = at + 1;
    while (end < pixels.length && pixels[end] === pixel && end - at < RUN_MAX) end++;
    if (end - at >= RUN_MIN) {
      flush(at);
      const length = end - at;
      parts.push(
        Uint8Array.of(MEGA_MEGA_COLOR_RUN, length & 0xff, length >> 8, pixel & 0xff, pixel >> 8),
      );
      plain = end;
    }
    at = end;
  }
  flush(pixels.length);
  return concat(...parts);
}

function rectangle(left: number, top: number, width: number, pixels: Uint16Array): Rectangle {
  const height = pixels.length / width;
  return {
    destLeft: left,
    destTop: top,
    destRight: left + width - 1,
    destBottom: top + height - 1,
    width,
    height,
    bitsPerPixel: BITS_PER_PIXEL,
    flags: BITMAP_COMPRESSION | NO_BITMAP_COMPRESSION_HDR,
    bitmapDataStream: compressed(pixels),
  };
}

/** Widths are multiples of four, as bitmaps have them. */
function lineOfText(text: string, top: number, desktop: { readonly width: number }): Rectangle {
  const fitting = text.slice(0, Math.floor((desktop.width - 2 * MARGIN) / CELL));
  const width = Math.max(4, fitting.length * CELL) & ~3;
  const height = GLYPH_ROWS * SCALE;
  const pixels = new Uint16Array(width * height).fill(BACKGROUND);
  for (let x = 0; x < width; x++) {
    const letter = fitting[Math.floor(x / CELL)] ?? ' ';
    const column = Math.floor((x % CELL) / SCALE);
    for (let y = 0; column < GLYPH_COLUMNS && y < height; y++) {
      if (!hasDot(letter, column, Math.floor(y / SCALE))) continue;
      pixels[(height - 1 - y) * width + x] = TEXT;
    }
  }
  return rectangle(MARGIN, top, width, pixels);
}

/** The bodies of Update PDUs that paint the whole screen with these lines, from the top. */
export function screen(
  lines: readonly string[],
  desktop: { readonly width: number; readonly height: number },
): readonly Uint8Array[] {
  const rectangles: Rectangle[] = [];
  const width = desktop.width & ~3;
  for (let top = 0; top < desktop.height; top += STRIP) {
    const rows = Math.min(STRIP, desktop.height - top);
    rectangles.push(rectangle(0, top, width, new Uint16Array(width * rows).fill(BACKGROUND)));
  }
  lines.forEach((line, index) => {
    const top = MARGIN + index * LINE;
    if (top + LINE <= desktop.height) rectangles.push(lineOfText(line, top, desktop));
  });
  return inUpdates(rectangles);
}

/** As many rectangles in each as fit. */
function inUpdates(rectangles: readonly Rectangle[]): readonly Uint8Array[] {
  const updates: Rectangle[][] = [[]];
  let size = 0;
  for (const one of rectangles) {
    const own = one.bitmapDataStream.length + TS_BITMAP_DATA.least;
    if (size + own > UPDATE_MAX) {
      updates.push([]);
      size = 0;
    }
    (updates.at(-1) as Rectangle[]).push(one);
    size += own;
  }
  return updates.map((own) =>
    encode(TS_UPDATE_BITMAP_DATA, {
      updateType: UpdateType.UPDATETYPE_BITMAP,
      rectangles: own,
    }),
  );
}
