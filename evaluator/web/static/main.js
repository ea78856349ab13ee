// What every page does; each part finds out by itself whether its page is here.
import { listen, register } from "./keyboard.js";
import { copyList, copyUrl } from "./copying.js";
import { picker } from "./picker.js";
import { writing } from "./writing.js";
import { reading } from "./reading.js";
import { progress } from "./progress.js";

for (const one of document.querySelectorAll(".needs-script")) one.hidden = false;

const help = () => document.getElementById("keys")?.showModal();
register({ help, leave: () => document.activeElement?.blur?.() });

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  const todo = {
    help,
    print: () => window.print(),
    "copy-list": () => copyList(button.dataset.list),
    "copy-url": () => copyUrl(button.dataset.url),
  };
  todo[button.dataset.do]?.();
});

register({ ...picker(), ...writing(), ...reading() });
progress();
listen();
