// What every page gains from a script; without it each page does the same, one click later.

function copyButtons() {
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("[data-copy][hidden]")) button.hidden = false;
}
document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const words = button.querySelector(".unseen");
  const before = words.textContent;
  await navigator.clipboard.writeText(button.dataset.copy);
  words.textContent = "Copied";
  button.classList.add("copied");
  setTimeout(() => { words.textContent = before; button.classList.remove("copied"); }, 2000);
});
document.addEventListener("portal:fresh", copyButtons);
copyButtons();

// the error summary is read out and the keyboard starts there
document.querySelector("[data-focus]")?.focus();

// menus close with Escape and when the attention goes elsewhere
const menus = () => document.querySelectorAll("details.menu[open], details.drawer[open]");
document.addEventListener("keydown", event => {
  if (event.key === "Escape") {
    for (const menu of menus()) { menu.open = false; menu.querySelector("summary").focus(); }
  }
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); }
  }
});
document.addEventListener("click", event => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

// a second click on a button that has been pressed changes nothing
document.addEventListener("submit", event => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
