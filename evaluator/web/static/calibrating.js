// How far a calibration is, asked for every second; the next page when it is over.
const card = document.querySelector(".cal-progress[data-state]");

function put(name, text) {
  const place = card.querySelector(`[data-${name}]`);
  if (place.textContent !== text) place.textContent = text;
}

async function look() {
  try {
    const reply = await fetch(card.dataset.state, { credentials: "same-origin" });
    if (reply.status === 404) { location.reload(); return; }
    const now = await reply.json();
    if (now.location) { location.replace(now.location); return; }
    put("words", now.words);
    put("said", now.said);
    put("done", card.dataset.share.replace("{done}", now.done).replace("{total}", now.total));
    const bar = card.querySelector("progress");
    bar.max = now.total || 1;
    bar.value = now.done;
  } catch {
    // The service may be starting anew; the next look tells.
  }
  setTimeout(look, 1000);
}

if (card) look();
