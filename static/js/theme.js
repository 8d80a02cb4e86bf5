// Sets the theme before the first paint where the user chose "auto". A classic script, not a module.
(function () {
  const root = document.documentElement;
  if (root.dataset.thTheme !== "auto") return;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    root.dataset.bsTheme = dark.matches ? "dark" : "light";
    document.dispatchEvent(new CustomEvent("th:theme"));
  };
  apply();
  dark.addEventListener("change", apply);
})();
