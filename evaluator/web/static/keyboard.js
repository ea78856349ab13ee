// Keys are read from the table that the help dialog shows, so that nothing is promised that has no handler.

const FIELDS = "input:not([type=radio]):not([type=checkbox]):not([type=submit]), textarea, select, [contenteditable]";
const IN_FIELDS = new Set(["submit", "leave"]);

function table() {
  const known = new Map();
  for (const row of document.querySelectorAll("#keys tr[data-action]")) {
    for (const key of row.dataset.keys.split(" ")) known.set(key, row.dataset.action);
  }
  return known;
}

const actions = {};

// What a view can do, by the action's name in the table; a view that is loaded later may take an action over.
export function register(more) {
  Object.assign(actions, more);
}

export function listen() {
  const known = table();
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    const control = event.ctrlKey || event.metaKey;
    const action = known.get(control ? `Ctrl+${event.key}` : event.key);
    if (!action || !actions[action]) return;
    if (event.target.closest?.(FIELDS) && !IN_FIELDS.has(action)) return;
    if (event.repeat && !["next", "previous"].includes(action)) return;
    // Arrows between the options of a group belong to the browser.
    if (event.key.startsWith("Arrow") && event.target.closest?.("input")) return;
    if (actions[action](event) !== false && action !== "leave") event.preventDefault();
  });
}
