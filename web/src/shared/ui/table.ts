/** The look of every table; on a phone each page turns its rows into blocks of its own. */
export const TABLE =
  "w-full border-collapse text-left text-[0.9375rem] max-md:block max-md:[&>tbody]:block";
export const HEAD =
  "border-b border-line bg-page/60 px-5 py-3 text-[0.8125rem] font-semibold whitespace-nowrap text-muted";
export const ROW = "border-b border-line last:border-b-0";
/** Of names: as wide as is left, cut off rather than wrapped (see Name). */
export const NAME = "md:w-1/4 md:max-w-0 max-md:min-w-0";
export const CELL = "px-4 py-3 align-middle max-md:py-0.5 sm:px-5";
