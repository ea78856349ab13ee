// Batches: a file that is too large is said so before it is sent; a run that changes is looked at every second.

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
const put = (name, text) => {
  const place = run.querySelector(`[data-${name}]`);
  if (place && place.textContent !== text) place.textContent = text;
};

async function look() {
  try {
    const reply = await fetch(run.dataset.state, { credentials: "same-origin" });
    if (!reply.ok) { location.reload(); return; }
    const now = await reply.json();
    if (now.state !== run.dataset.was) { location.reload(); return; }
    const bar = run.querySelector("[data-bar]");
    bar.max = now.answers || 1;
    bar.value = now.done;
    put("told", now.told);
    put("said", now.said);
  } catch {
    // The service may be starting anew; the next look tells.
  }
  setTimeout(look, 1000);
}
if (run) setTimeout(look, 1000);
