// Notes on what is selected in the answer, on a key point, or on the answer as a whole.

// Opens a form and goes to the first field that is empty.
export function unfold(details) {
  if (!details) return false;
  details.open = true;
  const fields = [...details.querySelectorAll("input[type=text], input:not([type]), textarea")];
  const target = fields.find((field) => !field.value) ?? details.querySelector("button");
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "nearest" });
  return true;
}

export function noting(result) {
  const answer = result.querySelector("#answer");
  const details = result.querySelector("#answer-note");
  const here = result.querySelector("#note-here");
  if (!details) return { note: () => false };
  const form = details.querySelector("form");
  const quoted = form.querySelector(".quoted");

  // Numbers and words that stand in the answer for the eye or the ear are no part of it.
  function written() {
    const walker = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest("sup, .vh, .soft") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    return nodes;
  }

  // Characters as people count them, not the halves that a script sees of an emoji.
  const length = (text) => [...text].length;

  function selected() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!answer.contains(range.commonAncestorContainer)) return null;
    let before = 0;
    let quote = "";
    for (const node of written()) {
      if (range.intersectsNode(node)) {
        const from = node === range.startContainer ? range.startOffset : 0;
        const to = node === range.endContainer ? range.endOffset : node.data.length;
        if (!quote) before += length(node.data.slice(0, from));
        quote += node.data.slice(from, to);
      } else if (!quote) before += length(node.data);
    }
    return quote.trim() ? { start: before, end: before + length(quote), quote } : null;
  }

  function about(span) {
    for (const name of ["start", "end", "quote"]) form.elements[name].value = span ? span[name] : "";
    quoted.textContent = span ? span.quote : "";
    quoted.hidden = !span;
  }

  function noteOnSelection() {
    const span = selected();
    if (!span) return false;
    about(span);
    return unfold(details);
  }

  function offer() {
    const range = selected() && document.getSelection().getRangeAt(0);
    here.hidden = !range;
    if (!range) return;
    const box = range.getBoundingClientRect();
    const home = here.offsetParent.getBoundingClientRect();
    here.style.top = `${box.bottom - home.top + here.offsetParent.scrollTop + 6}px`;
    here.style.left = `${Math.max(8, Math.min(box.left - home.left, home.width - here.offsetWidth - 8))}px`;
  }

  document.addEventListener("selectionchange", offer);
  // Pressing it must not lose what is selected.
  here.addEventListener("pointerdown", (event) => event.preventDefault());
  here.addEventListener("click", noteOnSelection);
  details.addEventListener("toggle", () => { if (!details.open) about(null); });

  return {
    note(line) {
      if (noteOnSelection()) return true;
      const own = line?.querySelector("[data-note]");
      if (!own) about(null);
      return unfold(own ?? details);
    },
  };
}
