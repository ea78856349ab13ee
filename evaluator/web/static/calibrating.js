// How far a calibration is; the next page when it is over.
import { watch } from "./watching.js";

const card = document.querySelector(".cal-progress[data-state]");

function show(now, put) {
  if (now.location) { location.replace(now.location); return true; }
  put("words", now.words);
  put("said", now.said);
  put("done", card.dataset.share.replace("{done}", now.done).replace("{total}", now.total));
  const bar = card.querySelector("progress");
  bar.max = now.total || 1;
  bar.value = now.done;
  return false;
}

if (card) watch(card, show);
