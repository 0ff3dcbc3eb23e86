/**
 * A message: its fields as a tree beside its octets. What the pointer or the keys are on lights up on
 * the other side. Plaintext of an opened part has octets of its own, which take the others' place.
 */
import { element } from './element.js';
import { OctetView } from './octets.js';

/** @typedef {import('../trace/tree-field.ts').TreeField} TreeField */
/**
 * A field in the order of the tree, with where it stands: `title` says what its octets are.
 * @typedef {{ field: TreeField, link: string, title: string, depth: number, parent: number, hasChildren: boolean, isOpen: boolean, node: HTMLElement }} Line
 */

const VALUE_MAX = 200;

/** @param {TreeField} field @param {TreeField} above */
function isBelow({ path }, above) {
  if (!path.startsWith(above.path) || path === above.path) return false;
  const mark = path[above.path.length];
  return mark === '.' || mark === '[';
}

/** The fields and, after each opened one, those of its plaintext. @param {readonly TreeField[]} list @param {string} link @param {string} title */
function linesOf(list, link, title) {
  /** @type {Line[]} */
  const lines = [];
  /** @param {readonly TreeField[]} fields @param {string} of @param {string} name @param {number} depth @param {number} above */
  const grow = (fields, of, name, depth, above) => {
    /** @type {number[]} */
    const open = [];
    fields.forEach((field, i) => {
      for (let top = lines[open.at(-1) ?? -1]; top !== undefined; top = lines[open.at(-1) ?? -1]) {
        if (isBelow(field, top.field)) break;
        open.pop();
      }
      const next = fields[i + 1];
      const hasFields = next !== undefined && isBelow(next, field);
      const place = { link: of, title: name, depth: depth + open.length };
      const parent = open.at(-1) ?? above;
      const hasChildren = hasFields || field.opened !== undefined;
      const node = element('div');
      const index = lines.push({ field, ...place, parent, hasChildren, isOpen: true, node }) - 1;
      open.push(index);
      if (field.opened === undefined) return;
      const { key, bytes, fields: inner } = field.opened;
      grow(inner, bytes, `${field.path}, opened with ${key}`, depth + open.length, index);
    });
  };
  grow(list, link, title, 0, -1);
  return lines;
}

/** The part of the path that the tree does not say already. @param {Line} line @param {Line[]} lines */
function labelOf({ field, parent }, lines) {
  const above = lines[parent]?.field;
  if (above === undefined || !isBelow(field, above)) return field.path;
  return field.path.slice(above.path.length).replace(/^\./, '');
}

/** @param {Line} line @param {Line[]} lines */
function nodeOf(line, lines) {
  const { field, depth, hasChildren } = line;
  const node = element(
    'div',
    { className: 'field', role: 'treeitem', 'aria-level': depth + 1 },
    element('span', { className: 'fold' }, hasChildren ? '▾' : ''),
    element('span', { className: 'label' }, labelOf(line, lines)),
    element('span', { className: 'type' }, field.type),
  );
  if (field.value !== undefined) {
    const all = typeof field.value === 'string' ? field.value : JSON.stringify(field.value);
    const text = all.length > VALUE_MAX ? `${all.slice(0, VALUE_MAX)}…` : all;
    node.append(element('span', { className: 'value', title: text }, text));
  }
  if (field.name !== undefined) node.append(element('span', { className: 'name' }, field.name));
  if (field.opened !== undefined) {
    node.append(element('span', { className: 'key' }, `opened with ${field.opened.key}`));
  }
  node.style.paddingLeft = `${4 + 14 * depth}px`;
  return node;
}

export class MessageView {
  /** @type {Line[]} */
  #lines = [];
  #selected = -1;
  /** Counts what was asked for, so that an answer that comes late is not shown. */
  #turn = 0;
  #parts;
  #octets;

  /** @param {{ fields: HTMLElement, hex: HTMLElement, title: HTMLElement, octets(link: string): Promise<Uint8Array> }} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#octets = new OctetView({
      place: parts.hex,
      onPoint: (at) => this.#point(at < 0 ? -1 : this.#fieldAt(at)),
      onPress: (at) => void this.select(this.#fieldAt(at)),
    });
    parts.fields.addEventListener('keydown', (event) => {
      if (!this.#press(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** @param {string} link @param {string} title @param {readonly TreeField[]} fields */
  async show(link, title, fields) {
    const lines = linesOf(fields, link, title);
    lines.forEach((line, index) => {
      line.node = nodeOf(line, lines);
      line.node.id = `field-${index}`;
      line.node.addEventListener('mouseenter', () => this.#light(index, 'lit'));
      line.node.addEventListener('mouseleave', () => this.#light(-1, 'lit'));
      line.node.addEventListener('click', ({ target }) => {
        const isFold = target instanceof Element && target.className === 'fold';
        if (isFold && line.hasChildren) this.#fold(index, !line.isOpen);
        else void this.select(index);
      });
    });
    this.#lines = lines;
    for (const [index, { field }] of lines.entries()) if (field.aside) this.#fold(index, false);
    this.#selected = -1;
    this.#octets.link = '';
    const none = element('p', { className: 'dim' }, 'no fields are known');
    this.#parts.fields.replaceChildren(
      ...(lines.length > 0 ? lines.map(({ node }) => node) : [none]),
    );
    await this.#showOctets(link, title);
  }

  /** @param {number} index */
  async select(index) {
    const line = this.#lines[index];
    if (line === undefined) return;
    this.#lines[this.#selected]?.node.setAttribute('aria-selected', 'false');
    this.#selected = index;
    line.node.setAttribute('aria-selected', 'true');
    line.node.scrollIntoView({ block: 'nearest' });
    this.#parts.fields.setAttribute('aria-activedescendant', line.node.id);
    await this.#showOctets(line.link, line.title);
    this.#light(index, 'sure');
    this.#octets.reveal(line.field.start);
  }

  /** @param {string} link @param {string} title */
  async #showOctets(link, title) {
    const turn = ++this.#turn;
    if (link === this.#octets.link) return;
    const bytes = await this.#parts.octets(link);
    if (turn !== this.#turn) return;
    this.#parts.title.textContent = `${title}: ${bytes.length} octets`;
    this.#octets.show(link, bytes);
  }

  /** @param {number} index @param {'lit' | 'sure'} className */
  #light(index, className) {
    const line = this.#lines[index];
    const isShown = line !== undefined && line.link === this.#octets.link;
    const { start, end } = isShown ? line.field : { start: 0, end: 0 };
    this.#octets.light(start, end, className);
  }

  /** @param {number} index */
  #point(index) {
    for (const node of this.#parts.fields.querySelectorAll('.near')) node.classList.remove('near');
    this.#lines[index]?.node.classList.add('near');
    this.#light(index, 'lit');
  }

  /** The innermost field at an octet that is shown. @param {number} at */
  #fieldAt(at) {
    return this.#lines.findLastIndex(({ field, link, node }) => {
      const isHere = link === this.#octets.link && field.start <= at && at < field.end;
      return isHere && !node.hidden;
    });
  }

  /** @param {number} index @param {boolean} isOpen */
  #fold(index, isOpen) {
    const line = this.#lines[index];
    if (line === undefined || !line.hasChildren) return;
    line.isOpen = isOpen;
    line.node.setAttribute('aria-expanded', String(isOpen));
    const [mark] = line.node.children;
    if (mark !== undefined) mark.textContent = isOpen ? '▾' : '▸';
    // Parents stand before their children.
    for (const other of this.#lines) {
      const above = this.#lines[other.parent];
      other.node.hidden = above !== undefined && (above.node.hidden || !above.isOpen);
    }
  }

  /** @param {number} by */
  #move(by) {
    for (let at = this.#selected + by; at >= 0 && at < this.#lines.length; at += by) {
      if (this.#lines[at]?.node.hidden) continue;
      void this.select(at);
      return;
    }
  }

  /** @param {string} key @returns {boolean} whether the tree knows the key */
  #press(key) {
    const line = this.#lines[this.#selected];
    if (key === 'ArrowDown' || (key === 'ArrowRight' && line?.hasChildren !== true)) this.#move(1);
    else if (key === 'ArrowUp') this.#move(-1);
    else if (key === 'ArrowRight' && line !== undefined) {
      if (line.isOpen) this.#move(1);
      else this.#fold(this.#selected, true);
    } else if (key === 'ArrowLeft' && line !== undefined) {
      if (line.hasChildren && line.isOpen) this.#fold(this.#selected, false);
      else void this.select(line.parent);
    } else return false;
    return true;
  }
}
