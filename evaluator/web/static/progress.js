// How the work goes, asked for every second; the result when it is there.

export function progress() {
  const card = document.querySelector(".progress[data-state]");
  if (!card) return;
  const put = (name, text) => {
    const place = card.querySelector(`[data-${name}]`);
    if (place.textContent !== text) place.textContent = text;
  };

  async function look() {
    try {
      const reply = await fetch(card.dataset.state, { credentials: "same-origin" });
      if (reply.status === 404) { location.reload(); return; }
      const now = await reply.json();
      if (now.location) { location.replace(now.location); return; }
      put("words", now.words);
      put("said", now.said);
      put("elapsed", card.dataset.seconds.replace("{count}", now.seconds));
    } catch {
      // The service may be starting anew; the next look tells.
    }
    setTimeout(look, 1000);
  }
  look();
}
