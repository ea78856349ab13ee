// The list of questions: found by the words one types, shown above the answer once chosen.

export function picker() {
  const list = document.getElementById("questions");
  const search = document.getElementById("search");
  if (!list) return search ? { search: () => { search.focus(); search.select(); } } : {};
  const found = document.getElementById("found");
  const chosen = document.getElementById("chosen");
  const choices = [...list.querySelectorAll(".choice")].map((label) => {
    const paper = label.closest("fieldset").querySelector("legend").textContent;
    return { label, text: `${label.textContent} ${paper}`.toLowerCase() };
  });

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const one of choices) {
      const fits = words.every((word) => one.text.includes(word));
      one.label.hidden = !fits;
      count += fits;
    }
    for (const group of list.querySelectorAll("fieldset")) group.hidden = !group.querySelector(".choice:not([hidden])");
    document.getElementById("no-match").hidden = count > 0;
    found.textContent = found.dataset.text.replace("{count}", count);
  }

  function show() {
    const choice = list.querySelector(".choice:has(:checked)");
    chosen.replaceChildren();
    chosen.hidden = !choice;
    if (!choice) return;
    chosen.append(choice.querySelector(".q").textContent);
    const options = choice.querySelector(".options");
    if (options) {
      const copy = options.cloneNode(true);
      copy.classList.add("small");
      chosen.append(copy);
    }
  }

  search.addEventListener("input", filter);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const first = list.querySelector(".choice:not([hidden]) input");
    if (first) { first.checked = true; show(); first.focus(); }
  });
  list.addEventListener("change", show);
  filter();
  show();
  const checked = list.querySelector(".choice:has(:checked)");
  if (checked) list.scrollTop = checked.offsetTop - list.offsetTop - 40;
  return { search: () => { search.focus(); search.select(); } };
}
