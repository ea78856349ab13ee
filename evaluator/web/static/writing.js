// The answer box: its length as one types, and one press to score.

export function writing() {
  const form = document.getElementById("score");
  if (!form) return {};
  const answer = document.getElementById("answer");
  const count = document.getElementById("count");
  const most = Number(answer.dataset.most);

  function tally() {
    const length = [...answer.value].length;
    count.textContent = count.dataset.text.replace("{count}", length);
    count.classList.toggle("over", length > most);
  }

  answer.addEventListener("input", tally);
  form.addEventListener("submit", () => {
    // After the form has been read, else the browser would not send it.
    setTimeout(() => { form.querySelector("button[type=submit]").disabled = true; });
  });
  // Who comes back finds the button usable again.
  window.addEventListener("pageshow", () => { form.querySelector("button[type=submit]").disabled = false; tally(); });
  tally();
  return { submit: () => form.requestSubmit() };
}
