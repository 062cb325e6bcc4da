// Runs before anything is drawn: the theme that was chosen in this browser, if one was. See
// theme.ts.
try {
  const chosen = localStorage.getItem("carelay.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
} catch {
  // No storage here, so nothing was chosen.
}
