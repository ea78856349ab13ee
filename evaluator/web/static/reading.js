// The result: key points and their evidence lead to each other; verdicts are overridden by one key, and what
// people make of the whole is one key away.

import { copyUrl } from "./copying.js";
import { noting, unfold } from "./notes.js";

export function reading() {
  const result = document.getElementById("result");
  if (!result) return {};
  const lines = [...result.querySelectorAll(".line")];
  const marks = [...result.querySelectorAll("mark")];
  const pointsOf = (mark) => mark.dataset.points.split(" ");
  let now = -1;

  function light(points, line) {
    for (const mark of marks) {
      const mine = pointsOf(mark).some((point) => points.includes(point));
      mark.classList.toggle("active", mine);
      mark.classList.toggle("dim", points.length > 0 && !mine);
    }
    for (const one of lines) one.classList.toggle("active", one === line || points.includes(one.dataset.point));
  }

  function choose(index, { focus = true, scroll = true } = {}) {
    now = Math.max(0, Math.min(lines.length - 1, index));
    const line = lines[now];
    light(line.dataset.point ? [line.dataset.point] : [], line);
    if (focus) line.focus({ preventScroll: true });
    if (scroll) line.scrollIntoView({ block: "nearest" });
    const first = marks.find((mark) => pointsOf(mark).includes(line.dataset.point));
    if (first) within(first);
  }

  // Only the answer's own box is moved: on a phone the page would jump away from what was pressed.
  function within(mark) {
    const box = result.querySelector(".answer-side");
    if (box.scrollHeight <= box.clientHeight) return;
    box.scrollTop += mark.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
  }

  function decide(level) {
    if (now < 0) choose(0);
    const details = lines[now].querySelector("[data-decide]");
    if (!details) return false;
    details.querySelector(`input[value=${level}]`).checked = true;
    return unfold(details);
  }

  marks.forEach((mark) => {
    mark.tabIndex = 0;
    mark.setAttribute("role", "link");
    const go = (event) => {
      event.preventDefault();
      const link = event.target.closest?.("sup a");
      const wanted = link ? link.textContent : pointsOf(mark).find((point) => lines[now]?.dataset.point !== point) ?? pointsOf(mark)[0];
      choose(lines.findIndex((line) => line.dataset.point === wanted));
    };
    mark.addEventListener("click", go);
    mark.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target === mark) go(event); });
  });
  lines.forEach((line, index) => {
    line.addEventListener("focusin", () => { if (now !== index) choose(index, { focus: false, scroll: false }); });
    line.addEventListener("click", (event) => {
      const quote = event.target.closest(".quote");
      choose(index, { focus: false, scroll: false });
      if (!quote) return;
      event.preventDefault();
      const mark = document.querySelector(quote.getAttribute("href"));
      mark?.scrollIntoView({ block: "center" });
      mark?.focus({ preventScroll: true });
    });
  });
  for (const details of result.querySelectorAll(".decide details")) {
    details.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      details.open = false;
      (details.closest(".line") ?? details.querySelector("summary")).focus();
    });
  }
  const target = lines.findIndex((line) => `#${line.id}` === decodeURIComponent(location.hash));
  if (target >= 0) choose(target);

  const notes = noting(result);

  // In a form that is being filled in, that form is meant; else the whole is confirmed.
  function submit() {
    const form = document.activeElement?.closest?.("form.saying") ?? result.querySelector("[data-confirm]")?.form;
    form?.requestSubmit();
    return Boolean(form);
  }

  function undo() {
    const button = lines[now]?.querySelector("[data-undo]") ?? result.querySelector("#conclusion [data-undo]");
    const folded = button?.closest("details:not([open])");  // where a name is asked for
    if (folded) unfold(folded);
    else if (button?.form.reportValidity()) button.click();
  }

  return {
    next: () => choose(now + 1),
    previous: () => choose(now < 0 ? 0 : now - 1),
    hit: () => decide("hit"),
    partial: () => decide("partial"),
    missed: () => decide("missed"),
    undo,
    note: () => notes.note(lines[now]),
    flag: () => unfold(result.querySelector("[data-flag]")),
    submit,
    copy: () => { if (result.dataset.address) copyUrl(`${result.dataset.address}/text`); },
  };
}
