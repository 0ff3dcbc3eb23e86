/** Milliseconds as `1.204 s`. @param {number} at */
export function shownTime(at) {
  return `${(at / 1000).toFixed(3)} s`;
}

/**
 * An element with properties, attributes (names with `-`, or `role`) and children.
 * @param {string} tag @param {Record<string, unknown>} properties @param {...(Node | string)} children
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role') made.setAttribute(name, String(value));
    else Object.assign(made, { [name]: value });
  }
  made.append(...children);
  return made;
}
