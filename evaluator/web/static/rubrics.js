// A rubric as it is edited: checked as one types, without the page being sent; and its marks and key points together.

const WAIT = 500;

function checking(form) {
  const words = document.getElementById("check-words");
  const sum = document.getElementById("sum");
  let later;
  let asked = 0;

  function show(reply) {
    for (const place of form.querySelectorAll(".said")) {
      const notes = reply.notes[place.dataset.at] ?? [];
      place.replaceChildren(...notes.map(line));
      const field = form.querySelector(`[name="${CSS.escape(place.dataset.at)}"]`);
      if (field) field.toggleAttribute("aria-invalid", false);
      if (field && notes.some((note) => note.tone === "bad")) field.setAttribute("aria-invalid", "true");
    }
    if (words.textContent !== reply.words) words.textContent = reply.words;
    if (!sum || reply.sum === undefined) return;
    sum.textContent = reply.sum;
    sum.classList.toggle("mark-missed", !reply.agrees);
  }

  function line(note) {
    const made = document.createElement("p");
    const tone = document.createElement("span");
    made.className = `note-${note.tone}`;
    tone.className = "tone";
    tone.textContent = note.name;
    made.append(tone, " ", note.text);
    return made;
  }

  async function ask() {
    const turn = ++asked;
    try {
      const reply = await fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      // What was typed meanwhile is asked about by itself.
      if (reply.ok && turn === asked) show(await reply.json());
    } catch {
      // Without a check the next press of a button checks all the same.
    }
  }

  form.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(later);
    later = setTimeout(ask, WAIT);
  });
  form.addEventListener("compositionend", () => {
    clearTimeout(later);
    later = setTimeout(ask, WAIT);
  });
  // What was typed before this script was here, or stands here again after going back, has not been asked about.
  window.addEventListener("pageshow", () => {
    if ([...form.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue)) ask();
  });
}

function lighting(article) {
  const marks = [...article.querySelectorAll("mark[data-points]")];
  const lines = [...article.querySelectorAll(".line[data-point]")];

  function light(points) {
    for (const mark of marks) mark.classList.toggle("active", mark.dataset.points.split(" ").some((one) => points.includes(one)));
    for (const line of lines) line.classList.toggle("active", points.includes(line.dataset.point));
  }

  for (const mark of marks) {
    mark.addEventListener("pointerenter", () => light(mark.dataset.points.split(" ")));
    mark.addEventListener("focusin", () => light(mark.dataset.points.split(" ")));
    mark.addEventListener("pointerleave", () => light([]));
  }
  for (const line of lines) {
    line.addEventListener("pointerenter", () => light([line.dataset.point]));
    line.addEventListener("focusin", () => light([line.dataset.point]));
    line.addEventListener("pointerleave", () => light([]));
  }
}

const form = document.getElementById("editing");
if (form) checking(form);
const article = document.getElementById("rubric");
if (article) lighting(article);
