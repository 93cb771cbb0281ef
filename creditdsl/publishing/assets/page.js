"use strict";

/* Finding on the page and copying citations. Everything it shows is set as text; without it the page is complete. */

const normal = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ");

function setUpFind() {
  const panel = document.querySelector(".find");
  const input = document.getElementById("page-find");
  const output = document.getElementById("page-found");
  const entries = Array.from(document.querySelectorAll("[data-find]"), (element) => ({
    element,
    text: normal(element.id + " " + element.textContent),
  }));
  const groups = Array.from(document.querySelectorAll("main table, main .codes, main article"));
  const sections = Array.from(document.querySelectorAll("main section"));

  function show() {
    const words = normal(input.value).split(" ").filter(Boolean);
    let found = 0;
    for (const { element, text } of entries) {
      const matches = words.every((word) => text.includes(word));
      element.hidden = !matches;
      found += matches ? 1 : 0;
    }
    const finding = words.length > 0;
    document.body.classList.toggle("finding", finding);
    for (const group of groups) {
      const inside = group.querySelectorAll("[data-find]");
      group.classList.toggle("nothing", finding && inside.length > 0 && !group.querySelector("[data-find]:not([hidden])"));
    }
    for (const section of sections) {
      section.classList.toggle("nothing", finding && !section.querySelector("[data-find]:not([hidden])"));
    }
    output.textContent = !finding ? "" : found ? found + " " + panel.dataset.found : panel.dataset.none;
  }

  panel.hidden = false;
  input.addEventListener("input", show);
  window.addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.offsetParent === null && input.value) {
      input.value = "";
      show();
      target.scrollIntoView();
    }
  });
}

function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) {
    return navigator.clipboard.writeText(text);
  }
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  return Promise.resolve();
}

function setUpCopy() {
  const copied = document.getElementById("page-text").dataset.copied;
  for (const button of document.querySelectorAll(".copy")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const words = button.textContent;
      await copyText(button.dataset.citation);
      button.textContent = copied;
      setTimeout(() => { button.textContent = words; }, 1500);
    });
  }
}

/* A link to a worked case opens it. */
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) {
    target.open = true;
    target.scrollIntoView();
  }
}

window.addEventListener("hashchange", openTarget);
openTarget();
setUpFind();
setUpCopy();
