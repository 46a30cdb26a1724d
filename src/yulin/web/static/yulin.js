// Yulin's whole client side beyond htmx: popovers by address, filters that submit themselves, queues by keyboard.
// Nothing here decides anything; every page works without it.
"use strict";

const page = document;

// A definition can be linked to: /#d-pure opens it.
function openByAddress() {
  const id = location.hash.slice(1);
  if (!id || !/^[\w-]+$/.test(id)) return;
  const target = page.getElementById(id);
  if (target && target.popover !== null && target.popover !== undefined) target.showPopover();
  else if (target instanceof HTMLDetailsElement) target.open = true;
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    if (fold.open) continue;
    fold.open = true;
    target.scrollIntoView();
  }
}
addEventListener("hashchange", openByAddress);

// Plain forms marked data-auto submit on change; htmx forms do so by their own trigger.
page.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form && form.dataset.auto !== undefined && event.target.type !== "search") form.requestSubmit();
});

// A form that asks at each change says which field it was: some changes bring other questions.
page.addEventListener("htmx:configRequest", (event) => {
  const cause = event.detail.triggeringEvent?.target;
  if (cause?.form && cause.name) event.detail.headers["HX-Trigger-Name"] = cause.name;
});

// The role menu closes when the person looks elsewhere.
page.addEventListener("click", (event) => {
  for (const menu of page.querySelectorAll("details.yl-role[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// Queues: j and k walk the rows, Enter opens, x marks, / goes to the search field.
function rows() {
  return [...page.querySelectorAll("[data-queue] tbody tr")].filter((row) => row.querySelector("a, button, input"));
}

function walk(step) {
  const list = rows();
  if (!list.length) return;
  const here = list.findIndex((row) => row.classList.contains("yl-here"));
  const next = list[Math.min(list.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  for (const row of list) row.classList.toggle("yl-here", row === next);
  next.scrollIntoView({ block: "nearest" });
  const link = next.querySelector("a");
  if (link) link.focus({ preventScroll: true });
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

page.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of page.querySelectorAll("details.yl-role[open]")) menu.open = false;
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "j") walk(1);
  else if (event.key === "k") walk(-1);
  else if (event.key === "x") page.querySelector("tr.yl-here input[type=checkbox]")?.click();
  else if (event.key === "/") {
    const field = page.querySelector(".yl-filter input[type=search], .yl-find input");
    if (!field) return;
    event.preventDefault();
    field.focus();
  }
});

// After a refused form the summary is read first.
page.querySelector(".yl-errors")?.focus();

// Every number on a print carries its fen; closed definitions print open.
addEventListener("beforeprint", () => {
  for (const part of page.querySelectorAll("main details:not([open])")) {
    part.open = true;
    part.dataset.printed = "";
  }
});
addEventListener("afterprint", () => {
  for (const part of page.querySelectorAll("main details[data-printed]")) {
    part.open = false;
    delete part.dataset.printed;
  }
});

// A long page begins folded on a narrow screen: its parts with their counts are its table of contents.
if (matchMedia("(max-width: 640px)").matches) {
  for (const fold of [...page.querySelectorAll("main details.yl-fold")].slice(1)) fold.open = false;
}

// On a narrow screen the row of areas scrolls: the current one is brought into it.
for (const here of page.querySelectorAll(".yl-nav [aria-current], .yl-tabs [aria-current]")) {
  const row = here.closest("ul, .yl-tabs");
  row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
}

openByAddress();
