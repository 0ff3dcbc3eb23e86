/** Octets in hexadecimal and as text, sixteen a line; any range of them can be lit. */
import { element } from './element.js';

/** Octets drawn at first: all of them are one press away. */
const DRAWN_FIRST = 4096;
const PER_LINE = 16;

export class OctetView {
  /** What is shown. */
  link = '';
  /** By offset: the two digits and the sign. @type {HTMLElement[][]} */
  #cells = [];
  /** @type {Uint8Array} */
  #bytes = new Uint8Array(0);
  #parts;

  /** @param {{ place: HTMLElement, onPoint(at: number): void, onPress(at: number): void }} parts */
  constructor(parts) {
    this.#parts = parts;
    parts.place.addEventListener('mouseleave', () => parts.onPoint(-1));
  }

  /** @param {string} link @param {Uint8Array} bytes */
  show(link, bytes) {
    this.link = link;
    this.#bytes = bytes;
    this.#draw(DRAWN_FIRST);
  }

  /** Lights these octets and no others. @param {number} start @param {number} end @param {'lit' | 'sure'} className */
  light(start, end, className) {
    for (const cell of this.#parts.place.querySelectorAll(`.${className}`)) {
      cell.classList.remove(className);
    }
    for (const cells of this.#cells.slice(start, end)) {
      for (const cell of cells) cell.classList.add(className);
    }
  }

  /** @param {number} at */
  reveal(at) {
    this.#cells[at]?.[0]?.scrollIntoView({ block: 'nearest' });
  }

  /** @param {number} max */
  #draw(max) {
    const end = Math.min(this.#bytes.length, max);
    const all = document.createDocumentFragment();
    this.#cells = [];
    for (let at = 0; at < end; at += PER_LINE) all.append(this.#line(at, end));
    this.#parts.place.replaceChildren(all);
    if (end === this.#bytes.length) return;
    const words = `all ${this.#bytes.length} octets`;
    const more = element('button', { className: 'more', type: 'button' }, words);
    more.addEventListener('click', () => this.#draw(this.#bytes.length));
    this.#parts.place.append(more);
  }

  /** @param {number} from @param {number} end */
  #line(from, end) {
    const offset = `${from.toString(16).padStart(5, '0')}  `;
    const line = element('div', {}, element('span', { className: 'dim' }, offset));
    const text = element('span');
    for (let at = from; at < from + PER_LINE; at++) {
      const octet = at < end ? this.#bytes[at] : undefined;
      if (octet === undefined) {
        line.append('   ');
        continue;
      }
      const isPrintable = octet >= 0x20 && octet < 0x7f;
      const digits = element('span', {}, octet.toString(16).padStart(2, '0'));
      const sign = element('span', {}, isPrintable ? String.fromCharCode(octet) : '·');
      for (const cell of [digits, sign]) {
        cell.addEventListener('click', () => this.#parts.onPress(at));
        cell.addEventListener('mouseenter', () => this.#parts.onPoint(at));
      }
      this.#cells[at] = [digits, sign];
      line.append(digits, ' ');
      text.append(sign);
    }
    line.append(' ', text);
    return line;
  }
}
