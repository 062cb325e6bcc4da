let pageTitle = "";
let flash: { text: string; shown: boolean } | null = null;

function show(): void {
  document.title = flash?.shown ? flash.text : pageTitle;
}

export function setPageTitle(title: string): void {
  pageTitle = title;
  show();
}

/** Alternates the window's title with `text`, for somebody who looks at another tab. Returns what stops it. */
export function flashTitle(text: string): () => void {
  const mine = { text, shown: true };
  flash = mine;
  show();
  const timer = setInterval(() => {
    mine.shown = !mine.shown;
    show();
  }, 1000);
  return () => {
    clearInterval(timer);
    if (flash === mine) flash = null;
    show();
  };
}
