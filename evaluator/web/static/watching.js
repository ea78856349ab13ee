// Looks every second at work that goes on. `show` puts one look on the page; true from it means that it was the last.

export function watch(card, show) {
  const put = (name, text) => {
    const place = card.querySelector(`[data-${name}]`);
    if (place && place.textContent !== text) place.textContent = text;
  };

  async function look() {
    try {
      const reply = await fetch(card.dataset.state, { credentials: "same-origin" });
      if (reply.status === 404 || reply.status === 422) { location.reload(); return; }
      if (reply.ok && show(await reply.json(), put)) return;
    } catch {
      // The service may be starting anew; the next look tells.
    }
    setTimeout(look, 1000);
  }
  look();
}
