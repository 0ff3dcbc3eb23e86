/** The list of steps: rows are drawn only where the list is looked at, so a long run stays quick. */
import { element } from './element.js';
import { endsOf, isTelling, LANE, laneOf, OUTSIDE, ROW, rowOf, wordsOf } from './row.js';

/** @typedef {import('../trace/record.ts').TraceRecord} TraceRecord */

/** Rows drawn above and below what is looked at. */
const MARGIN = 10;

export class RecordList {
  /** All of them, as they came. @type {TraceRecord[]} */
  records = [];
  /** Those that pass the filters. @type {TraceRecord[]} */
  shown = [];
  /** In the order in which they appeared; each has a lane. @type {string[]} */
  actors = [];
  /** Names at the ends of arrows. */
  #ends = new Set();
  /** @type {TraceRecord | undefined} */
  selected;
  isFollowing = true;
  #hidden = new Set();
  /** @type {string[]} */
  #words = [];
  #onlyTelling = false;
  #isDrawing = false;
  #parts;

  /** @param {{ list: HTMLElement, space: HTMLElement, lanes: HTMLElement, onSelect(record: TraceRecord): void }} parts */
  constructor(parts) {
    this.#parts = parts;
    parts.list.addEventListener('scroll', () => this.#drawSoon());
    new ResizeObserver(() => this.#drawSoon()).observe(parts.list);
  }

  /** @param {TraceRecord} record */
  add(record) {
    this.records.push(record);
    const { from, to } = endsOf(record);
    const isNew = !this.actors.includes(record.actor) && record.actor !== 'net';
    if (isNew) this.actors.push(record.actor);
    if (isNew || !this.#ends.has(from)) {
      this.#ends.add(from).add(to);
      this.#nameLanes();
    }
    if (this.#matches(record)) this.shown.push(record);
    this.#drawSoon();
  }

  /** @param {TraceRecord} record */
  select(record) {
    this.selected = record;
    this.#parts.onSelect(record);
    this.#drawSoon();
  }

  /** Moves the selection by so many rows, and the list with it. @param {number} by */
  move(by) {
    const { list } = this.#parts;
    const at = this.selected === undefined ? -1 : this.shown.indexOf(this.selected);
    const next = Math.min(Math.max(at + by, 0), this.shown.length - 1);
    const record = this.shown[next];
    if (record === undefined) return;
    const top = next * ROW;
    this.isFollowing = false;
    if (top < list.scrollTop) list.scrollTop = top;
    const below = top + ROW - list.clientHeight;
    if (below > list.scrollTop) list.scrollTop = below;
    this.select(record);
  }

  /** @param {string} text */
  find(text) {
    this.#words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    this.#filter();
  }

  /** @param {string} actor @param {boolean} isHidden */
  hide(actor, isHidden) {
    if (isHidden) this.#hidden.add(actor);
    else this.#hidden.delete(actor);
    this.#filter();
  }

  /** Messages, notes and rejections only. @param {boolean} is */
  only(is) {
    this.#onlyTelling = is;
    this.#filter();
  }

  /** Goes along with what comes. @param {boolean} is */
  follow(is) {
    this.isFollowing = is;
    this.#drawSoon();
  }

  #filter() {
    this.shown = this.records.filter((record) => this.#matches(record));
    this.#drawSoon();
  }

  /** @param {TraceRecord} record */
  #matches(record) {
    if (this.#hidden.has(record.actor) || (this.#onlyTelling && !isTelling(record))) return false;
    if (this.#words.length === 0) return true;
    const all = wordsOf(record);
    return this.#words.every((word) => all.includes(word));
  }

  /** The actors, and one lane for everybody else if there is anybody. */
  #lanes() {
    const isInside = (/** @type {string} */ name) => name === 'net' || this.actors.includes(name);
    return [...this.#ends].every(isInside) ? this.actors : [...this.actors, OUTSIDE];
  }

  #nameLanes() {
    const { list, lanes } = this.#parts;
    const all = this.#lanes();
    for (const part of [list, lanes]) {
      part.style.setProperty('--lanes', `${all.length * LANE}px`);
    }
    const names = all.map((name) => {
      const label = element('span', { title: name }, name);
      label.style.left = `${laneOf(all, name)}px`;
      return label;
    });
    lanes.replaceChildren(element('div', { className: 'names' }, ...names));
  }

  #drawSoon() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#isDrawing = false;
    const { list, space } = this.#parts;
    const { shown } = this;
    space.style.height = `${shown.length * ROW}px`;
    if (this.isFollowing) list.scrollTop = shown.length * ROW;
    const first = Math.max(0, Math.floor(list.scrollTop / ROW) - MARGIN);
    const end = Math.ceil((list.scrollTop + list.clientHeight) / ROW) + MARGIN;
    const lanes = this.#lanes();
    const rows = shown.slice(first, end).map((record, i) => {
      const row = rowOf(record, lanes, record === this.selected);
      row.setAttribute('aria-posinset', String(first + i + 1));
      row.setAttribute('aria-setsize', String(shown.length));
      row.style.top = `${(first + i) * ROW}px`;
      row.addEventListener('mousedown', () => this.select(record));
      return row;
    });
    space.replaceChildren(...rows);
    if (this.selected === undefined) return;
    list.setAttribute('aria-activedescendant', `record-${this.selected.seq}`);
  }
}
