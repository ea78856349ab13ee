// How the work on one answer goes; the result when it is there.
import { watch } from "./watching.js";

export function progress() {
  const card = document.querySelector(".progress[data-state]");
  if (!card) return;
  watch(card, (now, put) => {
    if (now.location) { location.replace(now.location); return true; }
    put("words", now.words);
    put("said", now.said);
    put("elapsed", card.dataset.seconds.replace("{count}", now.seconds));
    return false;
  });
}
