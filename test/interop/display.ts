/** An X display without a screen, and what is to be read on it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GLYPH_COLUMNS, GLYPH_ROWS, hasDot } from '../../protocols/rdp/glyphs.ts';
import { peer } from '../peers.ts';
import { freePort } from './free-port.ts';
import { execute } from './served.ts';

/** What the tests below need installed. */
export const DISPLAY = ['Xvfb', 'import'] as const;

const LIMIT_MS = 30_000;

export interface Display {
  /** `:99` */
  readonly name: string;
  screenshot(): Promise<Screenshot>;
  stop(): Promise<void>;
}

/** Rows from the top, three octets a pixel. */
export interface Screenshot {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** @throws when the display does not open */
export async function startDisplay(width: number, height: number): Promise<Display> {
  // A number of its own: servers that look for a free one at the same time take it from each other.
  const name = `:${await freePort()}`;
  const screen = ['-screen', '0', `${width}x${height}x24`];
  const args = [name, '-displayfd', '1', '-nolisten', 'tcp', '-noreset', ...screen];
  const child = spawn(peer('Xvfb') as string, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const folder = mkdtempSync(join(tmpdir(), 'kerblab-display-'));
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`no display in ${LIMIT_MS} ms`));
    }, LIMIT_MS);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (!output.includes('\n')) return;
      clearTimeout(limit);
      resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Xvfb ended with ${code}`)));
  });
  return {
    name,
    async screenshot() {
      const file = join(folder, 'screen.rgb');
      const shot = ['-window', 'root', '-depth', '8', `rgb:${file}`];
      const { code, stderr } = await execute(peer('import') as string, shot, { DISPLAY: name });
      if (code !== 0) throw new Error(`no screenshot: ${stderr}`);
      return { width, height, rgb: new Uint8Array(readFileSync(file)) };
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Where the screen of a session has its text: see `protocols/rdp/screen.ts`. */
const SCALE = 2;
const MARGIN = 32;
const CELL = (GLYPH_COLUMNS + 1) * SCALE;
const LINE = (GLYPH_ROWS + 3) * SCALE;
const WHITE = 0xf0;
const LETTERS = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i));

/** Reads lines of text from the top until there is an empty one; a cell that is no letter reads as U+FFFD. */
export function textOn({ width, height, rgb }: Screenshot): readonly string[] {
  const isLit = (x: number, y: number): boolean =>
    [0, 1, 2].every((channel) => (rgb[(y * width + x) * 3 + channel] as number) >= WHITE);
  const letterAt = (left: number, top: number): string => {
    const isLetter = (letter: string): boolean => {
      for (let y = 0; y < GLYPH_ROWS * SCALE; y++) {
        for (let x = 0; x < GLYPH_COLUMNS * SCALE; x++) {
          const dot = hasDot(letter, Math.floor(x / SCALE), Math.floor(y / SCALE));
          if (dot !== isLit(left + x, top + y)) return false;
        }
      }
      return true;
    };
    return LETTERS.find(isLetter) ?? '\ufffd';
  };
  const lines: string[] = [];
  for (let top = MARGIN; top + LINE <= height; top += LINE) {
    let line = '';
    for (let left = MARGIN; left + CELL <= width; left += CELL) line += letterAt(left, top);
    if (line.trim() === '') break;
    lines.push(line.trimEnd());
  }
  return lines;
}

/** The colours on a part of the screen from its upper left corner, as `rrggbb`. */
export function coloursOn(
  { width, rgb }: Screenshot,
  part: { readonly width: number; readonly height: number },
): ReadonlySet<string> {
  const colours = new Set<string>();
  for (let y = 0; y < part.height; y++) {
    for (let x = 0; x < part.width; x++) {
      const at = (y * width + x) * 3;
      colours.add(Buffer.from(rgb.subarray(at, at + 3)).toString('hex'));
    }
  }
  return colours;
}
