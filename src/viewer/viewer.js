/** The page: what comes over the socket goes into the list; what is selected is shown beside it. */
import { element, shownTime } from './element.js';
import { RecordList } from './records.js';
import { MessageView } from './tree.js';

/** @typedef {import('../trace/record.ts').TraceRecord} TraceRecord */
/** @typedef {import('../trace/record.ts').Wire} Wire */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));

/** Fields of a wire that hold a link. */
const OCTET_FIELDS = ['bytes', 'data', 'signature'];

const status = byId('status');
const list = new RecordList({
  list: byId('list'),
  space: byId('space'),
  lanes: byId('lanes'),
  onSelect: showStep,
});
const message = new MessageView({
  fields: byId('fields'),
  hex: byId('hex'),
  title: byId('octets-title'),
  octets: fetchOctets,
});
let isLive = true;

/** @param {string} path */
async function fetched(path) {
  const response = await fetch(path);
  if (response.ok) return response;
  const text = await response.text();
  throw new Error(text.startsWith('{') ? JSON.parse(text).error : text);
}

/** @param {string} link */
async function fetchOctets(link) {
  return new Uint8Array(await (await fetched(`bytes/${link}`)).arrayBuffer());
}

/** @param {string} text @param {string} state */
function say(text, state = '') {
  status.textContent = text;
  status.dataset.state = state;
}

function count() {
  const all = list.records.length;
  const some = list.shown.length === all ? `${all} steps` : `${list.shown.length} of ${all} steps`;
  say(isLive ? `${some}, live` : `${some}, finished`);
}

/** @param {Wire} wire */
function linkOf(wire) {
  const name = OCTET_FIELDS.find((field) => typeof wire[field] === 'string');
  return name === undefined ? undefined : String(wire[name]);
}

/** The fields of a wire that are not shown otherwise. @param {Wire} wire */
function restOf(wire) {
  const rest = Object.entries(wire).filter(
    ([name]) => name !== 'kind' && name !== 'message' && !OCTET_FIELDS.includes(name),
  );
  return rest
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** @param {Wire} wire */
function wireLine(wire) {
  const line = element('dd', {}, element('span', { className: 'name' }, wire.kind), ' ');
  const link = linkOf(wire);
  if (link !== undefined) {
    const name = wire.message ?? 'octets';
    const button = element('button', { type: 'button', 'aria-pressed': 'false' }, name);
    button.addEventListener('click', () => void showMessage(button, link, name, wire));
    line.append(button, ' ');
  }
  line.append(
    element('span', { className: wire.level === 'cause' ? 'cause' : 'dim' }, restOf(wire)),
  );
  return line;
}

/** @param {TraceRecord} record */
function showStep(record) {
  byId('hint').hidden = true;
  byId('message').hidden = true;
  const { seq, cause, at, skew, actor, machine, from, to, event, effects } = record;
  const term = (/** @type {string} */ name) => element('dt', {}, name);
  const clock = skew === undefined ? '' : `, its clock ${shownTime(skew)} ahead`;
  const parts = [
    term('step'),
    element('dd', {}, `${seq} at ${shownTime(at)}, ${actor} (${machine})${clock}`),
    term('state'),
    element('dd', {}, from === to ? from : `${from} → ${to}`),
    term('event'),
    wireLine(event),
    ...effects.flatMap((effect) => [term('effect'), wireLine(effect)]),
  ];
  if (cause !== undefined) {
    const link = element('button', { type: 'button' }, `step ${cause}`);
    link.addEventListener('click', () => {
      const other = list.records.find(({ seq: number }) => number === cause);
      if (other !== undefined) list.select(other);
    });
    parts.push(term('caused by'), element('dd', {}, link));
  }
  byId('step').replaceChildren(element('dl', {}, ...parts));
  const [first] = messageButtons();
  first?.click();
}

function messageButtons() {
  return /** @type {HTMLElement[]} */ ([...byId('step').querySelectorAll('button[aria-pressed]')]);
}

/** @param {HTMLElement} button @param {string} link @param {string} name @param {Wire} wire */
async function showMessage(button, link, name, wire) {
  for (const other of messageButtons())
    other.setAttribute('aria-pressed', String(other === button));
  const port = wire.kind === 'received' ? wire.port : wire.toPort;
  const hints = new URLSearchParams();
  if (wire.message !== undefined) hints.set('message', wire.message);
  if (typeof port === 'number') hints.set('port', String(port));
  if (typeof wire.transport === 'string') hints.set('transport', wire.transport);
  try {
    const tree = await (await fetched(`tree/${link}?${hints}`)).json();
    if (button.getAttribute('aria-pressed') !== 'true' || !button.isConnected) return;
    byId('message').hidden = false;
    await message.show(link, name, tree);
  } catch (error) {
    say(/** @type {Error} */ (error).message, 'lost');
  }
}

/** A filter for each actor, when it first appears. */
function actorFilters() {
  const place = byId('actors');
  for (const actor of [...list.actors, 'net']) {
    if (place.querySelector(`[data-actor="${CSS.escape(actor)}"]`) !== null) continue;
    const box = element('input', { type: 'checkbox', checked: true });
    box.addEventListener('change', () => {
      list.hide(actor, !(/** @type {HTMLInputElement} */ (box).checked));
      count();
    });
    place.append(element('label', { 'data-actor': actor }, box, ` ${actor}`));
  }
}

let next = 0;

function connect() {
  const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/live?from=${next}`);
  socket.addEventListener('open', count);
  socket.addEventListener('message', ({ data }) => {
    const record = /** @type {TraceRecord} */ (JSON.parse(data));
    next = record.seq + 1;
    list.add(record);
    if (place.size < list.actors.length) {
      for (const actor of list.actors) place.add(actor);
      actorFilters();
    }
    count();
  });
  socket.addEventListener('close', ({ code, reason }) => {
    if (code === 1001) {
      isLive = false;
      count();
      return;
    }
    say(`not connected${reason === '' ? '' : `: ${reason}`}; trying again`, 'lost');
    setTimeout(connect, 1000);
  });
}

/** Actors that have a filter. */
const place = new Set();

input('words').addEventListener('input', () => {
  list.find(input('words').value);
  count();
});
byId('filter').addEventListener('submit', (event) => event.preventDefault());
input('messages').addEventListener('change', () => {
  list.only(input('messages').checked);
  count();
});
input('follow').addEventListener('change', () => list.follow(input('follow').checked));

/** @param {string} id */
function toggle(id) {
  input(id).checked = !input(id).checked;
  input(id).dispatchEvent(new Event('change'));
}

/** The next of the step's messages. */
function nextMessage() {
  const buttons = messageButtons();
  const at = buttons.findIndex((button) => button.getAttribute('aria-pressed') === 'true');
  buttons[(at + 1) % buttons.length]?.click();
}

/** @param {number} by */
function move(by) {
  list.move(by);
  input('follow').checked = list.isFollowing;
}

/** @type {Readonly<Record<string, () => void>>} */
const KEYS = {
  j: () => move(1),
  ArrowDown: () => move(1),
  k: () => move(-1),
  ArrowUp: () => move(-1),
  PageDown: () => move(20),
  PageUp: () => move(-20),
  Home: () => move(Number.NEGATIVE_INFINITY),
  End: () => move(list.shown.length),
  n: nextMessage,
  m: () => toggle('messages'),
  f: () => toggle('follow'),
  '/': () => input('words').focus(),
};

document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'search';
  if (isTyping && event.key === 'Escape') {
    event.preventDefault(); // the browser would clear the field
    byId('list').focus();
  }
  const act = KEYS[event.key];
  if (isTyping || act === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  act();
});

const { title, live, first } = await (await fetched('run')).json();
byId('title').textContent = title;
document.title = `${title} · kerblab`;
isLive = live;
next = first;
// The token has become a cookie: it need not stand in the address and the history.
history.replaceState(null, '', location.pathname);
byId('list').focus();
connect();
