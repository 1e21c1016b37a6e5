// What every page does: shows that it waits, announces what changed, keeps the focus, closes what is open, knows its keys.
// Everything works on the document, so that swapped-in markup needs no setting up.

const byId = (id) => document.getElementById(id);

// Waiting: one line at the top while any request is under way.
let waiting = 0;
const wait = (step) => {
  waiting = Math.max(0, waiting + step);
  document.documentElement.classList.toggle("is-loading", waiting > 0);
};
document.addEventListener("htmx:beforeRequest", () => wait(1));
document.addEventListener("htmx:afterRequest", () => wait(-1));

// Saying: what a screen reader hears when a part of the page changed (data-announce on the new part).
export function announce(words) {
  const region = byId("live");
  region.textContent = "";
  setTimeout(() => (region.textContent = words), 50);
}

document.addEventListener("htmx:load", (event) => {
  const part = event.target.closest?.("[data-announce]") ?? event.target.querySelector?.("[data-announce]");
  if (part) announce(part.dataset.announce);
});

// Passing messages leave by themselves, unless somebody is reading or about to undo.
const STAY = 8000;

function leaveLater(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? leaveLater(toast) : toast.remove()), STAY);
}

export function complain(words) {
  const toast = byId("toast-template").content.firstElementChild.cloneNode(true);
  toast.querySelector("span").textContent = words;
  toast.querySelector("[data-undo]")?.remove();
  byId("toasts").append(toast);
}

new MutationObserver((changes) => {
  for (const change of changes) for (const node of change.addedNodes) if (node.dataset?.toast !== undefined) leaveLater(node);
}).observe(byId("toasts"), { childList: true });
byId("toasts").querySelectorAll("[data-toast]").forEach(leaveLater);

document.addEventListener("click", (event) => {
  const leaving = event.target.closest("[data-dismiss]");
  if (leaving) leaving.closest("[data-toast]").remove();
});

// An undone change is shown by loading the page again; the message itself has nothing left to offer.
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.target.dataset?.undo === undefined) return;
  event.target.closest("[data-toast]")?.remove();
  if (event.detail.successful) location.reload();
});

// Failing: a sentence, and the page stays as it was.
const REFUSALS = {
  403: "Your role does not include that. Nothing was changed.",
  404: "That is no longer there. Load the page again.",
  409: "Somebody else changed this meanwhile. Load the page again.",
  413: "That is too large to send.",
  429: "Too many requests. Wait a minute and try again.",
};
// A part that looks every second (data-watch) would repeat its complaint as often; it simply looks again.
const isWatching = (event) => event.target.dataset?.watch !== undefined;
document.addEventListener("htmx:responseError", (event) => {
  if (isWatching(event)) return;
  complain(REFUSALS[event.detail.xhr.status] ?? "That did not work, and the failure is in the log. Nothing was changed.");
});
document.addEventListener("htmx:sendError", (event) => isWatching(event) || complain("The server cannot be reached. Nothing was changed; try again."));
document.addEventListener("htmx:timeout", (event) => isWatching(event) || complain("The server took too long to answer. Look whether it was done before you repeat it."));

// A fragment request that was redirected to a whole page (a session that ended, for one) goes there instead of nesting it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, boosted } = event.detail;
  if (boosted || !/^\s*<!doctype html/i.test(xhr.responseText)) return;
  event.detail.shouldSwap = false;
  location.assign(xhr.responseURL);
});

// A question before something hard to take back (hx-confirm), in our own dialog; the answer is the dialog's.
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const dialog = byId("confirm");
  byId("confirm-question").textContent = event.detail.question;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && event.detail.issueRequest(true), { once: true });
  dialog.showModal();
});

// Explanations open in the drawer.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id === "drawer-content" && !byId("drawer").open) byId("drawer").showModal();
});

// Editing in place: Escape leaves the value as it was; afterwards the focus is where it started.
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("[data-in-place]");
  if (!form || event.key !== "Escape") return;
  // A refused form holds the refused value: what stood there before comes from the server.
  if (form.querySelector(".field-error")) htmx.ajax("GET", form.dataset.inPlace, { source: form, target: form, swap: "outerHTML" });
  else {
    form.reset();
    event.target.blur();
  }
});
let editedInPlace = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  editedInPlace = Boolean(event.detail.elt.closest?.("[data-in-place]"));
});
document.addEventListener("htmx:load", (event) => {
  const button = event.target.matches?.(".in-place") ? event.target : event.target.querySelector?.(".in-place");
  if (editedInPlace && button && (document.activeElement ?? document.body) === document.body) button.focus();
});

// Menus (<details data-menu>) close on a click elsewhere and on Escape.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(except)) menu.open = false;
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && event.target.closest?.("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

// Buttons that open a dialog, for browsers that do not know `command` yet.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[commandfor][command='show-modal']");
    if (button) byId(button.getAttribute("commandfor"))?.showModal();
  });
}
document.addEventListener("click", (event) => {
  if (event.target.closest("[commandfor]")) closeMenus(null);
});

// A control with data-submit sends its form when it changes: filters need no button.
document.addEventListener("change", (event) => {
  if (event.target.dataset?.submit !== undefined) event.target.form.requestSubmit();
});

// Filters that ask for nothing do not stand in the address.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (elt.closest("[data-short-address]")) for (const [name, value] of Object.entries(parameters)) if (value === "") delete parameters[name];
});

// Keys: `?` shows them, `g` and a letter goes to the entry of the rail that carries it.
let pending = "";
const destinations = () => [...document.querySelectorAll("[data-key]")];

const list = byId("key-list");
for (const link of destinations()) {
  const term = document.createElement("dt");
  const words = document.createElement("dd");
  for (const key of ["g", link.dataset.key]) term.append(Object.assign(document.createElement("kbd"), { textContent: key }), " ");
  words.textContent = `Go to ${link.textContent.trim()}`;
  list.append(term, words);
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select, [contenteditable], dialog");
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const destination = pending === "g" && destinations().find((link) => link.dataset.key === event.key);
  pending = event.key === "g" ? "g" : "";
  if (destination) location.assign(destination.href);
  else if (event.key === "?") byId("keys").showModal();
});
