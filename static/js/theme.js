// The theme choice: kept in a cookie, so that the server writes it on <html> and no page flashes in the wrong one.
const root = document.documentElement;

function chosen() {
  return root.dataset.bsTheme ?? "auto";
}

function choose(theme) {
  if (theme === "auto") {
    delete root.dataset.bsTheme;
    document.cookie = "theme=; path=/; max-age=0; samesite=lax";
  } else {
    root.dataset.bsTheme = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  }
  showChoice();
  document.dispatchEvent(new CustomEvent("portolan:theme"));
}

function showChoice() {
  for (const button of document.querySelectorAll("[data-choose-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.chooseTheme === chosen()));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose-theme]");
  if (button) choose(button.dataset.chooseTheme);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (chosen() === "auto") document.dispatchEvent(new CustomEvent("portolan:theme"));
});
showChoice();
