// To the clipboard, and saying so.

let later;

export function tell(key) {
  const status = document.getElementById("status");
  status.textContent = status.dataset[key];
  clearTimeout(later);
  later = setTimeout(() => { status.textContent = ""; }, 2500);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    tell("copied");
  } catch {
    tell(copiedByHand(text) ? "copied" : "failed");
  }
}

// Browsers give the clipboard to secure pages only; one that is served to a network by its address is none.
function copiedByHand(text) {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

export function copyList(id) {
  const items = [...document.querySelectorAll(`#${id} > li`)];
  return copy(items.map((item, index) => `${index + 1}. ${item.textContent.trim()}`).join("\n"));
}

export async function copyUrl(url) {
  try {
    const reply = await fetch(url, { credentials: "same-origin" });
    if (!reply.ok) throw new Error(String(reply.status));
    await copy(await reply.text());
  } catch {
    tell("failed");
  }
}
