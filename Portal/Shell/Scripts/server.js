// Keeps an open server page up to date: asks for the page again when the server says that it changed, and puts in what is new.

const page = document.querySelector("[data-events]");
let stream = null;
let version = page?.dataset.version;

async function refresh() {
  const answer = await fetch(location.pathname, { headers: { accept: "text/html" }, redirect: "error" }).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    // what somebody is typing into or reading an open question in is left alone
    if (!other || part.querySelector("details[open]") || part.contains(document.activeElement)) continue;
    if (part.innerHTML !== other.innerHTML) part.innerHTML = other.innerHTML;
  }
  document.dispatchEvent(new Event("portal:fresh"));
}

function open() {
  if (!page || stream || document.hidden) return;
  stream = new EventSource(page.dataset.events);
  stream.addEventListener("version", event => {
    if (event.data === version) return;
    version = event.data;
    refresh();
  });
}

function close() {
  stream?.close();
  stream = null;
}

document.addEventListener("visibilitychange", () => document.hidden ? close() : open());
addEventListener("pagehide", close);
open();
