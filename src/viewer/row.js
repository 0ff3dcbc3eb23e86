/**
 * One step as a row: its number, its time, an arrow from who caused it to whom it happened (with a
 * cross where a packet was lost), and a sentence.
 */

import { element, shownTime } from './element.js';

/** @typedef {import('../trace/record.ts').TraceRecord} TraceRecord */
/** @typedef {import('../trace/record.ts').Wire} Wire */

/** Height of a row, in pixels; viewer.css says it too. */
export const ROW = 24;
/** Width of an actor's lane. */
export const LANE = 68;
/** Whoever is not an actor of the run shares one lane. */
export const OUTSIDE = 'outside';
const SVG = 'http://www.w3.org/2000/svg';

/** One line about what happened. @param {TraceRecord} record @returns {Node[]} */
function summary({ actor, from, to, event, effects }) {
  /** @type {(Node | string)[]} */
  const parts = [element('span', { className: 'name' }, actor), ` ${said(event)}`];
  if (from !== to) parts.push(' ', element('span', { className: 'state' }, `${from} → ${to}`));
  for (const effect of effects) {
    if (effect.kind === 'send') parts.push(` · sends ${effect.message ?? 'octets'}`);
    else if (effect.kind === 'sign' || effect.kind === 'decrypt') {
      const gesture = effect.gesture === undefined ? '' : ` (${effect.gesture})`;
      parts.push(` · ${effect.kind}s with ${effect.key}${gesture}`);
    } else if (effect.kind === 'note') {
      const className = effect.level === 'cause' ? 'cause' : 'dim';
      parts.push(' · ', element('span', { className }, String(effect.text)));
    } else if (effect.kind === 'rejected') {
      parts.push(' · ', element('span', { className: 'bad' }, `rejected ${effect.got}`));
    } else if (effect.kind === 'tell') parts.push(` · tells ${effect.to} ${effect.what}`);
  }
  return parts.map((part) => (typeof part === 'string' ? document.createTextNode(part) : part));
}

/** @param {Wire} event @returns {string} */
function said(event) {
  switch (event.kind) {
    case 'received':
      return `receives ${event.message ?? 'octets'}`;
    case 'commanded':
      return `is to: ${event.verb}`;
    case 'told':
      return `hears from ${event.from}: ${event.what}`;
    case 'expired':
      return `timer ${event.timer}`;
    case 'lost':
      return `loses ${event.message ?? 'a packet'}: ${event.reason}`;
    case 'faulted':
    case 'healed':
      return `${event.kind}: ${event.what}, ${event.reason}`;
    case 'closed':
      return `connection ended: ${event.reason}`;
    default:
      return event.kind;
  }
}

/** Who is at the two ends of what happened. @param {TraceRecord} record */
export function endsOf({ actor, event }) {
  if (event.kind === 'lost') return { from: String(event.from), to: String(event.to), lost: true };
  const hasSender = event.kind === 'received' || event.kind === 'told' || event.kind === 'accepted';
  return { from: hasSender ? String(event.from) : actor, to: actor, lost: false };
}

/** All words that a record can be found by, in lower case. @param {TraceRecord} record */
export function wordsOf({ actor, from, to, event, effects }) {
  const wires = [event, ...effects].map((wire) => Object.values(wire).join(' '));
  return `${actor} ${from} ${to} ${wires.join(' ')}`.toLowerCase();
}

/** A message, a note, a loss, a rejection: what people look for first. @param {TraceRecord} record */
export function isTelling({ event, effects, from, to }) {
  const kinds = [event, ...effects].map((wire) => wire.kind);
  return from !== to || kinds.some((kind) => TELLING.has(kind));
}

const TELLING = new Set([
  'received',
  'send',
  'note',
  'rejected',
  'lost',
  'faulted',
  'healed',
  'commanded',
]);

/** The middle of a lane; the last one is for whoever has none. @param {readonly string[]} lanes @param {string} name */
export function laneOf(lanes, name) {
  const at = lanes.indexOf(name);
  return (at < 0 ? lanes.length - 1 : at) * LANE + LANE / 2;
}

/** @param {TraceRecord} record @param {readonly string[]} lanes */
function drawing(record, lanes) {
  const svg = document.createElementNS(SVG, 'svg');
  const width = lanes.length * LANE;
  svg.setAttribute('class', 'lane');
  svg.setAttribute('viewBox', `0 0 ${width} ${ROW}`);
  svg.setAttribute('width', String(width));
  /** @param {string} tag @param {Record<string, string | number>} attributes */
  const draw = (tag, attributes) => {
    const shape = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, String(value));
    svg.append(shape);
  };
  for (const name of lanes) {
    const x = laneOf(lanes, name);
    draw('line', { x1: x, x2: x, y1: 0, y2: ROW });
  }
  const { from, to, lost } = endsOf(record);
  const y = ROW / 2;
  const x1 = laneOf(lanes, from);
  const x2 = laneOf(lanes, to);
  if (x1 === x2) draw('circle', { cx: x2, cy: y, r: 3, class: 'still' });
  else if (lost) {
    const end = (x1 + x2) / 2;
    draw('line', { x1, x2: end, y1: y, y2: y, class: 'arrow lost' });
    draw('path', { d: `M${end - 4} ${y - 4} l8 8 m0 -8 l-8 8`, class: 'arrow lost' });
  } else {
    const back = x2 > x1 ? -8 : 8;
    draw('line', { x1, x2: x2 + back, y1: y, y2: y, class: 'arrow' });
    draw('path', { d: `M${x2} ${y} l${back} -4 v8 z`, class: 'head' });
  }
  return svg;
}

/** @param {TraceRecord} record @param {readonly string[]} lanes @param {boolean} isSelected */
export function rowOf(record, lanes, isSelected) {
  return element(
    'div',
    {
      className: 'row',
      id: `record-${record.seq}`,
      role: 'option',
      'aria-selected': isSelected,
    },
    element('span', { className: 'seq' }, String(record.seq)),
    element('span', { className: 'at' }, shownTime(record.at)),
    drawing(record, lanes),
    element('span', { className: 'text' }, ...summary(record)),
  );
}
