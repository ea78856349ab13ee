// The review by keyboard: from answer to answer, from question to question, to the score and back to the list.
import { register } from "./keyboard.js";
import { unfold } from "./notes.js";

const to = (selector) => () => {
  const link = document.querySelector(selector);
  link?.click();
  return Boolean(link);
};

function find() {
  const link = document.querySelector("[data-find]");
  if (link) location.assign(link.dataset.find);
  return Boolean(link);
}

// What is confirmed already has no form to confirm it by: the same keys lead on.
function submit() {
  const form = document.activeElement?.closest?.("form.saying") ?? document.querySelector("[data-confirm]")?.form;
  if (form) form.requestSubmit();
  else to("[data-onward]")();
  return true;
}

function field() {
  const score = document.querySelector(".marking #give");
  score?.focus();
  score?.select();
  return Boolean(score);
}

// Behind all other scripts, so that these actions hold on the pages of the review.
document.addEventListener("DOMContentLoaded", () => {
  register({
    person_next: to("[data-go=person_next]"),
    person_previous: to("[data-go=person_previous]"),
    question_next: to("[data-go=question_next]"),
    question_previous: to("[data-go=question_previous]"),
    final: () => unfold(document.querySelector("[data-final]")),
    score_field: field,
    find,
    submit,
  });
  const search = document.getElementById("search");
  if (search && location.hash === "#search") search.focus();
});
