// textual.js is the terminal. This adds what it does not say: who only watches, and how to come back.
"use strict";

const LOOK_MILLISECONDS = 2000;

async function showRole() {
  try {
    const answer = await fetch(document.body.dataset.visitor);
    const visitor = await answer.json();
    document.getElementById("watching").hidden = visitor.types !== false;
  } catch {
    // The link is down; textual.js notices that, too.
  }
}

function focusTerminal() {
  document.querySelector(".xterm-helper-textarea")?.focus();
}

document.querySelector("#over button").addEventListener("click", () => window.location.reload());
// textual.js makes the terminal when the page has loaded; keys go to it without a click.
window.addEventListener("load", () => setTimeout(focusTerminal, 0));
window.addEventListener("focus", focusTerminal);
// The terminal fills what the line below it leaves.
new ResizeObserver(() => window.dispatchEvent(new Event("resize"))).observe(document.querySelector("#terminal"));
setInterval(showRole, LOOK_MILLISECONDS);
