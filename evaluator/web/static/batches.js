// Batches: a file that is too large is said so before it is sent; a run that changes is looked at every second.
import { watch } from "./watching.js";

const form = document.querySelector(".upload");
form?.addEventListener("change", () => check());
form?.addEventListener("submit", (event) => { if (!check()) event.preventDefault(); });

function check() {
  const file = form.querySelector("input[type=file]");
  const large = (file.files[0]?.size ?? 0) > Number(form.dataset.most);
  form.querySelector("#file-problem").textContent = large ? form.dataset.tooLarge : "";
  file.setAttribute("aria-invalid", String(large));
  return !large;
}

const run = document.querySelector("#run[data-state]");

function show(now, put) {
  if (now.state !== run.dataset.was) { location.reload(); return true; }
  const bar = run.querySelector("[data-bar]");
  bar.max = now.answers || 1;
  bar.value = now.done;
  put("told", now.told);
  put("said", now.said);
  return false;
}

if (run) watch(run, show);
